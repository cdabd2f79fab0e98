/*
 * What the journal's frames hold. The first byte says the kind: the header of a segment, one whole record (key
 * length u16, key, record text), as JSON a dropped record or a hint, or that nothing was written after it. Kinds to come take
 * the next numbers; a valid frame of a kind that is not known means a newer version wrote it, and is refused, never
 * skipped. Pure.
 */
import { z } from 'zod';
import { UnsupportedFormatError } from './errors.ts';
import type { CommitGroup } from './commit-group.ts';
import { FrameBuffer } from './frame-buffer.ts';

/** The version of everything in the journal. */
const JOURNAL_FORMAT = 1;

const HEADER = 1;
const PUT = 2;
const DROP = 3;
const HINT = 4;
const END = 5;
/** A character takes no more bytes in UTF-8. */
const CHARACTER_BYTES_MAX = 3;
/** Bytes of a put besides key and text: its kind and the length of the key. */
const PUT_HEAD_BYTES = 3;

const headerSchema = z.object({
  format: z.literal(JOURNAL_FORMAT),
  nodeId: z.string(),
  segment: z.int(),
  /** How much of the segment before counts; null when there is none. What stands after that was never acknowledged. */
  previousLength: z.int().nullable(),
});

const dropSchema = z.tuple([z.string(), z.string()]);
const hintSchema = z.tuple([z.string(), z.array(z.string())]);

/** What each segment begins with. */
export type SegmentHeader = Omit<z.infer<typeof headerSchema>, 'format'>;

/** A decoded frame. */
export type JournalEntry =
  | { readonly kind: 'header'; readonly header: SegmentHeader }
  | { readonly kind: 'put'; readonly key: string; readonly text: string }
  /** The record with this context was dropped: every replica had it, or none needs it here. */
  | { readonly kind: 'drop'; readonly key: string; readonly context: string }
  /** A node missed writes to these keys. */
  | { readonly kind: 'hint'; readonly node: string; readonly keys: readonly string[] }
  /** The next write begins here, in its place; until then there are only zeros behind it. */
  | { readonly kind: 'end' };

/**
 * The frame that opens a segment.
 * @param frames as for `encodeGroup`
 */
export function encodeHeader(header: SegmentHeader, frames = new FrameBuffer()): Buffer {
  frames.begin(header.segment, 0);
  addJson(frames, HEADER, { format: JOURNAL_FORMAT, ...header });
  return frames.bytes;
}

/** What one write to the journal holds: records, those that were dropped, and hints. */
export type JournalGroup = Pick<CommitGroup, 'entries' | 'dropped' | 'hints'>;

/**
 * The frames of a group, to be written at an offset of a segment in one piece.
 * @param frames holds the result, until it is used again
 */
export function encodeGroup(
  { entries, dropped, hints }: JournalGroup,
  segment: number,
  offset: number,
  frames = new FrameBuffer(),
): Buffer {
  frames.begin(segment, offset);
  for (const [key, text] of entries) {
    if (text === undefined) addJson(frames, DROP, [key, dropped.get(key) ?? '[]']);
    else addPut(frames, key, text);
  }
  for (const hint of hints) addJson(frames, HINT, hint);
  return frames.bytes;
}

/** Adds the mark behind which nothing was written yet. The next write goes over it. */
export function addEndMark(frames: FrameBuffer): void {
  frames.add(1, (target, at) => target.writeUInt8(END, at));
}

/** Whether a frame's payload is such a mark. */
export function isEndMark(payload: Buffer): boolean {
  return payload[0] === END;
}

function addPut(frames: FrameBuffer, name: string, text: string): void {
  // As JSON, because UTF-8 alone would not bring back a key with half a surrogate pair.
  const key = JSON.stringify(name);
  frames.add(PUT_HEAD_BYTES + (key.length + text.length) * CHARACTER_BYTES_MAX, (target, at) => {
    target[at] = PUT;
    const keyBytes = target.write(key, at + PUT_HEAD_BYTES);
    target.writeUInt16LE(keyBytes, at + 1);
    const textAt = at + PUT_HEAD_BYTES + keyBytes;
    return textAt + target.write(text, textAt);
  });
}

function addJson(frames: FrameBuffer, kind: number, value: unknown): void {
  const json = JSON.stringify(value);
  frames.add(1 + json.length * CHARACTER_BYTES_MAX, (target, at) => {
    const start = target.writeUInt8(kind, at);
    return start + target.write(json, start);
  });
}

/**
 * Reads a frame's payload.
 * @throws UnsupportedFormatError when a version that this one does not know wrote it.
 */
export function decodeEntry(payload: Buffer): JournalEntry {
  const kind = payload[0];
  if (kind === PUT) {
    const keyEnd = PUT_HEAD_BYTES + payload.readUInt16LE(1);
    const key: unknown = JSON.parse(payload.toString('utf8', PUT_HEAD_BYTES, keyEnd));
    if (typeof key === 'string') return { kind: 'put', key, text: payload.toString('utf8', keyEnd) };
  }
  if (kind === HEADER) {
    const header = headerSchema.safeParse(JSON.parse(payload.toString('utf8', 1)));
    if (header.success) return { kind: 'header', header: header.data };
  }
  if (kind === DROP) {
    const drop = dropSchema.safeParse(JSON.parse(payload.toString('utf8', 1)));
    if (drop.success) return { kind: 'drop', key: drop.data[0], context: drop.data[1] };
  }
  if (kind === HINT) {
    const hint = hintSchema.safeParse(JSON.parse(payload.toString('utf8', 1)));
    if (hint.success) return { kind: 'hint', node: hint.data[0], keys: hint.data[1] };
  }
  if (kind === END) return { kind: 'end' };
  throw new UnsupportedFormatError(`the journal holds an entry of kind ${kind} that this version cannot read`);
}
