/*
 * The built web pages, read once when the gateway starts and kept in memory with their compressed forms: a request can
 * then ask for nothing but what was found, and costs no disk. Bounded, since it is all in memory.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** How a file may travel. */
export type ContentEncoding = 'br' | 'gzip';

/** A file, ready to be sent. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Differs whenever the contents do. */
  readonly hash: string;
  readonly contents: Uint8Array<ArrayBuffer>;
  /** Only where compression makes it smaller. */
  readonly compressed: Readonly<Partial<Record<ContentEncoding, Uint8Array<ArrayBuffer>>>>;
}

/** The pages. */
export interface ConsoleFiles {
  readonly index: ConsoleFile;
  /** By name, without a folder; each name carries a hash of the contents. */
  readonly assets: ReadonlyMap<string, ConsoleFile>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
/** These are compressed already. */
const PACKED = new Set(['.png', '.woff2']);
const FILES_MAX = 500;
const BYTES_MAX = 16 * 1024 * 1024;
/** Nearly as small as the highest, in a tenth of the time. */
const BROTLI_QUALITY = 9;

const packers: Readonly<Record<ContentEncoding, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  br: async (bytes) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: async (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

/**
 * Reads the pages from the folder that they were built into; undefined when there are none.
 *
 * @throws Error when there is more than there can sensibly be; the system's error when a file cannot be read.
 */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles | undefined> {
  const index = await readFile(join(folder, 'index.html')).catch(undefinedWhenMissing);
  if (index === undefined) return undefined;
  const names = (await readdir(join(folder, 'assets')).catch(undefinedWhenMissing)) ?? [];
  const served = names.filter((name) => extname(name) in CONTENT_TYPES);
  if (served.length > FILES_MAX) throw new Error(`${folder} has ${served.length} files, more than web pages have`);
  let bytes = 0;
  const assets = new Map<string, ConsoleFile>();
  for (const name of served.toSorted()) {
    const contents = await readFile(join(folder, 'assets', name));
    bytes += contents.length;
    if (bytes > BYTES_MAX) throw new Error(`${folder} has more than ${BYTES_MAX} bytes, more than web pages have`);
    assets.set(name, await prepare(name, contents));
  }
  return { index: await prepare('index.html', index), assets };
}

async function prepare(name: string, bytes: Uint8Array): Promise<ConsoleFile> {
  const extension = extname(name);
  const compressed: Partial<Record<ContentEncoding, Uint8Array<ArrayBuffer>>> = {};
  if (!PACKED.has(extension)) {
    for (const encoding of ['br', 'gzip'] as const) {
      const packed = await packers[encoding](bytes);
      if (packed.length < bytes.length) compressed[encoding] = new Uint8Array(packed);
    }
  }
  return {
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    hash: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
    contents: new Uint8Array(bytes),
    compressed,
  };
}

function undefinedWhenMissing(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}
