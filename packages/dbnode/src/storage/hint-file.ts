/*
 * hints.json: the hints as of a checkpoint; the journal from there on holds those that came later. Written a slice at
 * a time, so that requests go on. One that is damaged is set aside and forgotten: no data is lost with it.
 */
import { z } from 'zod';
import type { Disk } from './disk.ts';
import { UnsupportedFormatError } from './errors.ts';
import type { HintLedger, MissedWrites } from './hint-ledger.ts';
import { replaceFile } from './sealed-file.ts';
import { SealWriter } from './seal.ts';

const HINT_FORMAT = 1;
const SLICE_KEYS = 5_000;

const hintSchema = z.object({
  format: z.literal(HINT_FORMAT),
  /** One or more for each node. */
  missed: z.array(z.object({ node: z.string(), groups: z.array(z.int().min(0)), keys: z.array(z.string()) })),
});

/** Replaces the file; durable once its folder is synced. @throws what the disk throws. */
export async function writeHintFile(
  disk: Disk,
  path: string,
  hints: ReadonlyMap<string, MissedWrites>,
  nextTurn: () => Promise<void>,
): Promise<void> {
  await replaceFile(disk, path, pieces(hints, nextTurn));
}

async function* pieces(
  hints: ReadonlyMap<string, MissedWrites>,
  nextTurn: () => Promise<void>,
): AsyncGenerator<Buffer> {
  const seal = new SealWriter();
  let next = `{"format":${HINT_FORMAT},"missed":[`;
  let separator = '';
  for (const [node, { keys, groups }] of hints) {
    for (let from = 0; from === 0 || from < keys.length; from += SLICE_KEYS) {
      const slice = { node, groups: from === 0 ? groups : [], keys: keys.slice(from, from + SLICE_KEYS) };
      next += `${separator}\n${JSON.stringify(slice)}`;
      separator = ',';
      yield seal.piece(next);
      next = '';
      await nextTurn();
    }
  }
  yield seal.end(`${next}\n]`);
}

/**
 * Puts what the file holds into a ledger.
 * @param isFiledAlike whether placement groups are still counted as when the file was written.
 * @throws UnsupportedFormatError when the contents, whose checksum is right, are of another version.
 */
export function readHints(value: unknown, ledger: HintLedger, isFiledAlike: boolean): void {
  const parsed = hintSchema.safeParse(value);
  if (!parsed.success) {
    throw new UnsupportedFormatError(`hints.json is not of a form that this version reads: ${parsed.error.message}`);
  }
  for (const { node, groups, keys } of parsed.data.missed) {
    if (isFiledAlike) ledger.addGroups(node, groups);
    ledger.add(node, keys);
  }
}
