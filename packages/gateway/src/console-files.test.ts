import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConsoleFiles } from './console-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trolley-pages-'));
});

afterEach(async () => rm(folder, { recursive: true, force: true }));

test('pages that were not built are none', async () => {
  expect(await readConsoleFiles(folder)).toBeUndefined();
  expect(await readConsoleFiles(join(folder, 'missing'))).toBeUndefined();
});

test('what was built is read with its type and its compressed forms, and nothing else is', async () => {
  const script = 'console.log("trolley");\n'.repeat(100);
  await mkdir(join(folder, 'assets', 'deeper'), { recursive: true });
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, '.built-from'), 'secret');
  await writeFile(join(folder, 'assets', 'main-1.js'), script);
  await writeFile(join(folder, 'assets', 'dot-2.png'), script);
  await writeFile(join(folder, 'assets', 'notes.txt'), script);
  const pages = await readConsoleFiles(folder);
  expect([...(pages?.assets.keys() ?? [])]).toEqual(['dot-2.png', 'main-1.js']);
  expect(pages?.index).toMatchObject({ contentType: 'text/html; charset=utf-8', compressed: {} });
  expect(pages?.assets.get('dot-2.png')).toMatchObject({ contentType: 'image/png', compressed: {} });
  const main = pages?.assets.get('main-1.js');
  expect(main?.contentType).toBe('text/javascript; charset=utf-8');
  const { br, gzip } = main?.compressed ?? {};
  expect(brotliDecompressSync(br ?? new Uint8Array()).toString()).toBe(script);
  expect(gunzipSync(gzip ?? new Uint8Array()).toString()).toBe(script);
  expect(main?.hash).not.toBe(pages?.index.hash);
});

test('a folder that cannot be that of web pages stops the start', async () => {
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '');
  await Promise.all(
    Array.from({ length: 501 }, async (_, index) => writeFile(join(folder, 'assets', `${index}.js`), '')),
  );
  await expect(readConsoleFiles(folder)).rejects.toThrow('501 files');
});
