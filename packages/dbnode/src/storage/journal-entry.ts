/*
 * What the journal's frames hold. The first byte says the kind: the header of a segment, or one whole
 * record (type, key length u16, key, record text). Kinds to come take the next numbers; a valid frame of
 * a kind that is not known means a newer version wrote it, and is refused, never skipped. Pure.
 */
import { z } from 'zod';
import { UnsupportedFormatError } from './errors.ts';
import { completeFrame, FRAME_HEAD_BYTES } from './frame.ts';

/** The version of everything in the journal. */
const JOURNAL_FORMAT = 1;

const HEADER = 1;
const PUT = 2;
/** Bytes of a put besides key and text: its kind and the length of the key. */
const PUT_HEAD_BYTES = 3;

const headerSchema = z.object({
  format: z.literal(JOURNAL_FORMAT),
  nodeId: z.string(),
  segment: z.int(),
  /** How much of the segment before counts; null when there is none. What stands after that was never acknowledged. */
  previousLength: z.int().nullable(),
});

/** What each segment begins with. */
export type SegmentHeader = Omit<z.infer<typeof headerSchema>, 'format'>;

/** A decoded frame. */
export type JournalEntry =
  | { readonly kind: 'header'; readonly header: SegmentHeader }
  | { readonly kind: 'put'; readonly key: string; readonly text: string };

/** The frame that opens a segment. */
export function encodeHeader(header: SegmentHeader): Buffer {
  const json = JSON.stringify({ format: JOURNAL_FORMAT, ...header });
  const payloadBytes = 1 + Buffer.byteLength(json);
  const frame = Buffer.alloc(FRAME_HEAD_BYTES + payloadBytes);
  frame.writeUInt8(HEADER, FRAME_HEAD_BYTES);
  frame.write(json, FRAME_HEAD_BYTES + 1);
  completeFrame(frame, 0, payloadBytes, header.segment, 0);
  return frame;
}

/** The frames of whole records, to be written at an offset of a segment in one piece. */
export function encodePuts(puts: Iterable<readonly [string, string]>, segment: number, offset: number): Buffer {
  // As JSON, because UTF-8 alone would not bring back a key with half a surrogate pair.
  const sized = Array.from(puts, ([key, text]) => ({ key: Buffer.from(JSON.stringify(key)), text }));
  const payloadBytes = sized.map(({ key, text }) => PUT_HEAD_BYTES + key.length + Buffer.byteLength(text));
  const group = Buffer.allocUnsafe(payloadBytes.reduce((sum, bytes) => sum + FRAME_HEAD_BYTES + bytes, 0));
  let at = 0;
  for (const [index, { key, text }] of sized.entries()) {
    const bytes = payloadBytes[index] ?? 0;
    let next = group.writeUInt8(PUT, at + FRAME_HEAD_BYTES);
    next = group.writeUInt16LE(key.length, next);
    next += key.copy(group, next);
    group.write(text, next);
    completeFrame(group, at, bytes, segment, offset + at);
    at += FRAME_HEAD_BYTES + bytes;
  }
  return group;
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
  throw new UnsupportedFormatError(`the journal holds an entry of kind ${kind} that this version cannot read`);
}
