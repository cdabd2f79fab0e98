/*
 * What can happen to a file while nobody looks.
 */
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';

/** A kind of damage. */
export type Damage = 'truncated' | 'flipped in one bit' | 'emptied' | 'deleted';

/** Damages a file. */
export async function spoil(file: string, damage: Damage): Promise<void> {
  const bytes = await readFile(file);
  const middle = Math.floor(writtenLength(bytes) / 2);
  switch (damage) {
    case 'truncated':
      await truncate(file, middle);
      return;
    case 'flipped in one bit':
      bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
      await writeFile(file, bytes);
      return;
    case 'emptied':
      await truncate(file, 0);
      return;
    case 'deleted':
      await rm(file);
      return;
    default:
      damage satisfies never;
  }
}

/** A journal takes its room beforehand: the zeros after what was written hold nothing that could be lost. */
function writtenLength(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}
