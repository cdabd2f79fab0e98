/*
 * The disk port on the real file system. The only file of the engine that uses fs.
 */
import { mkdir, open, readdir, readFile, rename, rm, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, errorMessage, SyncFailedError, type Disk, type DiskFile } from './disk.ts';

/** Codes with which some file systems say that folders need no flush. */
const NO_DIRECTORY_SYNC: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EISDIR']);

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const result = await handle.write(bytes, written, bytes.length - written, position + written);
    written += result.bytesWritten;
  }
}

async function flush(what: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new SyncFailedError(`could not flush ${what} to disk: ${errorMessage(error)}`, { cause: error });
  }
}

async function create(path: string): Promise<DiskFile> {
  const handle = await open(path, 'w');
  let length = 0;
  return {
    append: async (bytes) => {
      await writeAll(handle, bytes, length);
      length += bytes.length;
    },
    sync: async () => await flush(path, async () => await handle.datasync()),
    close: async () => await handle.close(),
  };
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const isDirectory = (await handle.stat()).isDirectory();
    await flush(path, async () => {
      await handle.sync().catch((error: unknown) => {
        if (!(isDirectory && NO_DIRECTORY_SYNC.has(errorCode(error) ?? ''))) throw error;
      });
    });
  } finally {
    await handle.close();
  }
}

async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  // mkdir made every folder from `first` down to `path`; each is a name in the one above it.
  for (let made = path; made.length >= first.length; made = dirname(made)) await sync(dirname(made));
}

/** The real disk. */
export const nodeDisk: Disk = {
  makeDirectory,
  list: async (path) => await readdir(path),
  read: async (path) => await readFile(path),
  create,
  rename: async (from, to) => await rename(from, to),
  remove: async (path) => await rm(path, { force: true }),
  truncate: async (path, length) => await truncate(path, length),
  sync,
};
