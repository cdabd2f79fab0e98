/*
 * The disk port on the real file system. The only file of the engine that uses fs.
 */
import { constants, write } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, errorMessage, SyncFailedError, type Disk, type DiskFile, type DurableFile } from './disk.ts';

/** Codes with which some file systems say that folders need no flush. */
const NO_DIRECTORY_SYNC: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EISDIR']);

/** Codes with which a write is refused before any of it is on its way to the disk. */
const REFUSALS: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);

const ZEROS = Buffer.alloc(1024 * 1024);

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await writeSome(handle, bytes, written, position + written);
  }
}

/** As the handle's own `write`, which costs the event loop several promises more for each commit. */
async function writeSome({ fd }: FileHandle, bytes: Uint8Array, from: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, from, bytes.length - from, position, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
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

async function createDurable(path: string, bytes: number): Promise<DurableFile> {
  const file = await create(path);
  try {
    // Written, not only reserved: else each write would have the file system note that a block is no longer empty.
    for (let left = bytes; left > 0; left -= ZEROS.length) await file.append(ZEROS.subarray(0, left));
    await file.sync();
  } finally {
    await file.close();
  }
  const handle = await open(path, constants.O_WRONLY | constants.O_DSYNC);
  return {
    write: async (piece, position) => await writeDurably(path, handle, piece, position),
    close: async () => await handle.close(),
  };
}

async function writeDurably(path: string, handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  try {
    await writeAll(handle, bytes, position);
  } catch (error) {
    if (REFUSALS.has(errorCode(error) ?? '')) throw error;
    // Such a write is its own flush: which of the two failed is not said.
    throw new SyncFailedError(`could not write ${path} through to the disk: ${errorMessage(error)}`, { cause: error });
  }
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
  createDurable,
  rename: async (from, to) => await rename(from, to),
  remove: async (path) => await rm(path, { force: true }),
  truncate: async (path, length) => await truncate(path, length),
  sync,
};
