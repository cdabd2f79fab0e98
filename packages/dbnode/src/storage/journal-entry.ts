/*
 * What the journal's frames hold. The first byte says the kind: the header of a segment, one whole record (key
 * length u16, key, record text), or, as JSON, a dropped record or a hint. Kinds to come take the next numbers; a valid frame of
 * a kind that is not known means a newer version wrote it, and is refused, never skipped. Pure.
 */
import { z } from 'zod';
import { UnsupportedFormatError } from './errors.ts';
import type { CommitGroup } from './commit-group.ts';
import { completeFrame, FRAME_HEAD_BYTES } from './frame.ts';

/** The version of everything in the journal. */
const JOURNAL_FORMAT = 1;

const HEADER = 1;
const PUT = 2;
const DROP = 3;
const HINT = 4;
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
  | { readonly kind: 'hint'; readonly node: string; readonly keys: readonly string[] };

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

/** What one write to the journal holds: records, those that were dropped, and hints. */
export type JournalGroup = Pick<CommitGroup, 'entries' | 'dropped' | 'hints'>;

/** The frames of a group, to be written at an offset of a segment in one piece. */
export function encodeGroup(group: JournalGroup, segment: number, offset: number): Buffer {
  const payloads = payloadsOf(group);
  const bytes = Buffer.allocUnsafe(payloads.reduce((sum, { length }) => sum + FRAME_HEAD_BYTES + length, 0));
  let at = 0;
  for (const payload of payloads) {
    payload.write(bytes, at + FRAME_HEAD_BYTES);
    completeFrame(bytes, at, payload.length, segment, offset + at);
    at += FRAME_HEAD_BYTES + payload.length;
  }
  return bytes;
}

/** A payload whose length is known before it is written where it belongs, so that it is not copied once more. */
interface Payload {
  readonly length: number;
  write(target: Buffer, at: number): void;
}

function payloadsOf({ entries, dropped, hints }: JournalGroup): Payload[] {
  const payloads: Payload[] = [];
  for (const [key, text] of entries) {
    payloads.push(text === undefined ? jsonPayload(DROP, [key, dropped.get(key) ?? '[]']) : putPayload(key, text));
  }
  for (const hint of hints) payloads.push(jsonPayload(HINT, hint));
  return payloads;
}

function putPayload(name: string, text: string): Payload {
  // As JSON, because UTF-8 alone would not bring back a key with half a surrogate pair.
  const key = Buffer.from(JSON.stringify(name));
  return {
    length: PUT_HEAD_BYTES + key.length + Buffer.byteLength(text),
    write(target, at) {
      let next = target.writeUInt8(PUT, at);
      next = target.writeUInt16LE(key.length, next);
      next += key.copy(target, next);
      target.write(text, next);
    },
  };
}

function jsonPayload(kind: number, value: unknown): Payload {
  const json = Buffer.from(JSON.stringify(value));
  return {
    length: 1 + json.length,
    write(target, at) {
      json.copy(target, target.writeUInt8(kind, at));
    },
  };
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
  throw new UnsupportedFormatError(`the journal holds an entry of kind ${kind} that this version cannot read`);
}
