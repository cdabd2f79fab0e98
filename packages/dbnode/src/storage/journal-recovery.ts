/*
 * The journal's reading side: which segments count and up to where, what is missing or damaged among
 * them, and their records in order. Judges by three witnesses: the first segment that the manifest names,
 * the newest one that node.json names, and each header's word on the length of the segment before it.
 */
import { join } from 'node:path';
import { segmentName, segmentOf } from './data-layout.ts';
import type { Disk } from './disk.ts';
import { decodeEntry, type JournalEntry, type SegmentHeader } from './journal-entry.ts';
import { scanSegment } from './journal-scan.ts';

/** What other files say about the journal; undefined when they are lost. */
export interface JournalWitnesses {
  /** The segment to replay from. */
  readonly firstSegment: number | undefined;
  /** The newest segment that may hold acknowledged writes. */
  readonly recordedSegment: number | undefined;
}

/** A segment to be replayed. */
export interface LiveSegment {
  readonly number: number;
  /** Bytes of it that count. */
  readonly length: number;
}

/** What is left of an unfinished last write. */
interface TornTail {
  readonly segment: number;
  readonly from: number;
  readonly bytes: number;
}

/** The state of a journal. */
export interface InspectedJournal {
  /** In order. */
  readonly segments: readonly LiveSegment[];
  /** Segments with nothing that counts: older than the checkpoint, or never finished. */
  readonly superfluous: readonly number[];
  readonly missing: readonly number[];
  readonly damaged: readonly { readonly segment: number; readonly reason: string }[];
  readonly torn: TornTail | undefined;
  /** The nodes that the headers name; more than one means that files were mixed up. */
  readonly nodeIds: ReadonlySet<string>;
}

interface Verdict {
  readonly length: number;
  readonly problem?: string;
  readonly tornBytes?: number;
  readonly header: SegmentHeader | undefined;
}

/** Judges one segment. @param limit what the next header says of its length; undefined for the last segment. */
function judge(bytes: Buffer, segment: number, limit: number | undefined): Verdict {
  const scan = scanSegment(bytes, segment, limit);
  const { header, end: length, unfinishedBytes } = scan;
  if (header === undefined) return { header, length, problem: 'its header is damaged' };
  const gap = scan.gaps[0];
  if (gap !== undefined) return { header, length, problem: `what stands at byte ${gap} is not an entry` };
  if (limit === undefined) return { header, length, tornBytes: unfinishedBytes };
  if (length < limit) return { header, length, problem: `the bytes from ${length} to ${limit} are not entries` };
  return { header, length };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/**
 * Looks at every segment, newest first, as each one's length is told by the next.
 * @throws UnsupportedFormatError, or what the disk throws.
 */
export async function inspectJournal(
  disk: Disk,
  folder: string,
  { firstSegment, recordedSegment }: JournalWitnesses,
): Promise<InspectedJournal> {
  const found = (await disk.list(folder)).map(segmentOf).filter((segment) => segment !== undefined);
  const first = firstSegment ?? Math.min(...found, recordedSegment ?? Number.POSITIVE_INFINITY);
  const superfluous = found.filter((segment) => segment < first);
  const segments: LiveSegment[] = [];
  const damaged: { segment: number; reason: string }[] = [];
  const nodeIds = new Set<string>();
  let torn: TornTail | undefined;
  let limit: number | undefined;
  for (const segment of found.filter((number) => number >= first).toSorted((a, b) => b - a)) {
    const verdict = judge(await disk.read(join(folder, segmentName(segment))), segment, limit);
    if (verdict.header === undefined && segment > (recordedSegment ?? Number.POSITIVE_INFINITY)) {
      // The crash came while it was being made: it was to take writes only once node.json named it.
      superfluous.push(segment);
      continue;
    }
    if (verdict.header !== undefined) nodeIds.add(verdict.header.nodeId);
    if (verdict.problem !== undefined) damaged.push({ segment, reason: verdict.problem });
    const tornBytes = verdict.tornBytes ?? 0;
    if (tornBytes > 0) torn = { segment, from: verdict.length, bytes: tornBytes };
    segments.unshift({ number: segment, length: verdict.length });
    limit = verdict.header?.previousLength ?? undefined;
  }
  const present = new Set(segments.map(({ number }) => number));
  const newest = recordedSegment ?? Math.max(0, ...found);
  const missing = Number.isFinite(first) ? range(first, newest).filter((segment) => !present.has(segment)) : [];
  return { segments, superfluous, missing, damaged, torn, nodeIds };
}

/** What a segment holds besides its header. */
type StoredEntry = Exclude<JournalEntry, { kind: 'header' | 'end' }>;

/**
 * Hands over the entries of the segments, headers aside, in the order in which they were written.
 * @throws UnsupportedFormatError when an entry is of a kind that a newer version wrote.
 */
export async function readEntries(
  disk: Disk,
  folder: string,
  segments: readonly LiveSegment[],
  onEntry: (entry: StoredEntry) => void,
): Promise<void> {
  for (const { number, length } of segments) {
    const bytes = await disk.read(join(folder, segmentName(number)));
    for (const frame of scanSegment(bytes, number, length).frames) {
      const entry = decodeEntry(frame.payload);
      if (entry.kind !== 'header' && entry.kind !== 'end') onEntry(entry);
    }
  }
}
