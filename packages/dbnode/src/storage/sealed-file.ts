/*
 * Sealed files on disk: replaced in one step (a temporary file, flushed, then renamed), so that a crash
 * leaves the old file or the new one, and read back with a verdict instead of an exception.
 */
import { dirname } from 'node:path';
import { errorCode, type Disk } from './disk.ts';
import { seal, unseal, type Unsealed } from './seal.ts';

/** What files that are not finished are called; one left by a crash is removed at the next start. */
export const TEMPORARY_SUFFIX = '.tmp';

/** A sealed file as it was found. */
export type FoundFile = Unsealed | { readonly kind: 'missing' };

/**
 * Writes a file in the place of another. Whole or not at all, and durable once its folder is synced.
 * @throws whatever the disk throws; the old file is then still there.
 */
export async function replaceFile(
  disk: Disk,
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    const file = await disk.create(temporary);
    try {
      for await (const piece of pieces) await file.append(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.rename(temporary, path);
  } catch (error) {
    // What is left would be removed at the next start anyway; on a full disk its room is wanted now.
    await disk.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/** Writes one object as a sealed file, durably. */
export async function writeSealedFile(disk: Disk, path: string, value: object): Promise<void> {
  await replaceFile(disk, path, [seal(value)]);
  await disk.sync(dirname(path));
}

/** Reads a sealed file. @throws what the disk throws, except that there is no such file. */
export async function readSealedFile(disk: Disk, path: string): Promise<FoundFile> {
  try {
    return unseal(await disk.read(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'missing' };
    throw error;
  }
}
