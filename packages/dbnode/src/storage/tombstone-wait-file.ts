/*
 * tombstone-waits.json: for how long tombstones had been waiting to be dropped when it was written. Only that: which
 * they are the journal knows, and one that is damaged or out of date makes some wait for longer. Written a slice at a
 * time, so that requests go on.
 */
import { dirname } from 'node:path';
import { z } from 'zod';
import type { TombstoneWait } from '../engine.ts';
import type { Disk } from './disk.ts';
import { UnsupportedFormatError } from './errors.ts';
import { replaceFile } from './sealed-file.ts';
import { SealWriter } from './seal.ts';

const WAIT_FORMAT = 1;
const SLICE_WAITS = 2_000;

const waitsSchema = z.object({
  format: z.literal(WAIT_FORMAT),
  waits: z.array(z.tuple([z.string(), z.string(), z.int().min(0)])),
});

/** Replaces the file, durably. @throws what the disk throws. */
export async function writeTombstoneWaits(
  disk: Disk,
  path: string,
  waits: Iterable<TombstoneWait>,
  nextTurn: () => Promise<void>,
): Promise<void> {
  await replaceFile(disk, path, pieces(waits, nextTurn));
  await disk.sync(dirname(path));
}

async function* pieces(waits: Iterable<TombstoneWait>, nextTurn: () => Promise<void>): AsyncGenerator<Buffer> {
  const seal = new SealWriter();
  let next = `{"format":${WAIT_FORMAT},"waits":[`;
  let written = 0;
  for (const { key, context, waitedMs } of waits) {
    next += `${written === 0 ? '' : ','}\n${JSON.stringify([key, context, Math.floor(waitedMs)])}`;
    written += 1;
    if (written % SLICE_WAITS > 0) continue;
    yield seal.piece(next);
    next = '';
    await nextTurn();
  }
  yield seal.end(`${next}\n]`);
}

/** @throws UnsupportedFormatError when the contents, whose checksum is right, are of another version. */
export function parseTombstoneWaits(value: unknown): readonly TombstoneWait[] {
  const parsed = waitsSchema.safeParse(value);
  if (!parsed.success) {
    throw new UnsupportedFormatError(
      `tombstone-waits.json is not of a form that this version reads: ${parsed.error.message}`,
    );
  }
  return parsed.data.waits.map(([key, context, waitedMs]) => ({ key, context, waitedMs }));
}
