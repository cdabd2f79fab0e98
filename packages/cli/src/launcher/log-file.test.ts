import { appendFile, mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { LogFollower, openLogFile } from './log-file.ts';

let path = '';
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'trolley-log-')), 'logs', 'node-1.log');
  openLogFile(path).close();
});

const warning = (msg: string): string => `{"level":40,"msg":"${msg}"}\n`;
const texts = async (follower: LogFollower): Promise<string[]> => (await follower.look()).map(({ text }) => text);

test('what was there before the first look is not shown again', async () => {
  await appendFile(path, warning('old'));
  const follower = new LogFollower(path);
  expect(await texts(follower)).toEqual([]);
  await appendFile(path, warning('new') + '{"level":30,"msg":"fine"}\n');
  expect(await texts(follower)).toEqual(['new']);
  expect(await texts(follower)).toEqual([]);
});

test('of a file that was not there yet, everything is new', async () => {
  const late = `${path}.late`;
  const follower = new LogFollower(late);
  await follower.look();
  await appendFile(late, warning('first'));
  expect(await texts(follower)).toEqual(['first']);
});

test('a line that is written in two parts is seen once, whole, whatever character it is cut in', async () => {
  const follower = new LogFollower(path);
  await follower.look();
  const line = Buffer.from(warning('crème'));
  for (const byte of line.subarray(0, -1)) {
    await appendFile(path, Buffer.from([byte]));
    expect(await follower.look()).toEqual([]);
  }
  await appendFile(path, '\n');
  expect(await texts(follower)).toEqual(['crème']);
});

test('a file over its bound is set aside, and its writer goes on in what is left', async () => {
  const log = openLogFile(path);
  const follower = new LogFollower(path, 1000);
  await follower.look();
  writeSync(log.descriptor, warning('a').repeat(100));
  expect(await texts(follower)).toHaveLength(100);
  expect((await stat(path)).size).toBe(0);
  expect(await readFile(`${path}.1`, 'utf8')).toBe(warning('a').repeat(100));
  writeSync(log.descriptor, warning('b'));
  log.close();
  expect(await texts(follower)).toEqual(['b']);
  expect(await readFile(path, 'utf8')).toBe(warning('b'));
});

test('of more than can be read in one look the end is seen, without the half line it begins with', async () => {
  const follower = new LogFollower(path);
  await follower.look();
  await writeFile(path, warning('x'.repeat(200)).repeat(10_000) + warning('last'));
  const seen = await texts(follower);
  expect(seen.at(-1)).toBe('last');
  expect(new Set(seen)).toEqual(new Set(['x'.repeat(200), 'last']));
  expect(seen.length).toBeLessThan(9_999);
});

test('a file that somebody else cut or removed is no trouble', async () => {
  const follower = new LogFollower(path);
  await appendFile(path, warning('old'));
  await follower.look();
  await truncate(path, 0);
  await appendFile(path, warning('n'));
  expect(await new LogFollower('/nowhere/at/all.log').look()).toEqual([]);
  expect(await texts(follower)).toEqual(['n']);
});
