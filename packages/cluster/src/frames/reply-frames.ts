/*
 * Answers to batches as they lie in a frame: the results of the operations that most traffic is made of with fields
 * of their own, the others as JSON. A batch that is turned away as a whole has a problem for an answer.
 */
import { z } from 'zod';
import type { BatchReply, NodeResult } from '../node-protocol.ts';
import { FRAME_KINDS, FrameError, REPLY_FRAME_BYTES_MAX } from './frame-protocol.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';

/** The byte of each result. Those that are taken stay as they are: they are part of the protocol. */
const RESULTS = {
  json: 0,
  record: 1,
  noRecord: 2,
  context: 3,
  noContext: 4,
  unchanged: 5,
  applied: 6,
  alreadyApplied: 7,
  merged: 8,
  mergedNothing: 9,
  draft: 10,
  noDraft: 11,
  adopted: 12,
  draftHeld: 13,
  draftRefused: 14,
} as const;

/** Added to the byte of what was read from a placement group that may lack something. */
const INCOMPLETE = 0x80;

/** Added to the byte of a context that may be about to change. */
const DRAFTED = 0x40;

/** For a rough guess at the size of a frame. */
const RESULT_BYTES = 512;

/** Why a node did not take a batch, as over HTTP. */
export interface TurnedAway {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** What a node says to a batch. */
export type BatchAnswer =
  | { readonly type: 'reply'; readonly reply: BatchReply }
  | { readonly type: 'turned-away'; readonly why: TurnedAway };

const OUTCOMES = { unchanged: RESULTS.unchanged, applied: RESULTS.applied, 'already-applied': RESULTS.alreadyApplied };

const ADOPT_OUTCOMES = { adopted: RESULTS.adopted, held: RESULTS.draftHeld, refused: RESULTS.draftRefused };

const jsonResult = z.looseObject({ type: z.string() });

/** The frame of an answer, not yet numbered. @throws FrameError when it is too long */
export function encodeReply({ node, epoch, epochInForce, syncedEpoch, clockMs, results }: BatchReply): Buffer {
  const writer = new FrameWriter(FRAME_KINDS.reply, 64 + results.length * RESULT_BYTES);
  writer.text(node);
  writer.number(epoch);
  writer.number(epochInForce);
  writer.number(syncedEpoch);
  writer.number(clockMs ?? Number.NaN);
  writer.uint32(results.length);
  for (const result of results) writeResult(writer, result);
  return writer.finish(REPLY_FRAME_BYTES_MAX);
}

/** The frame of a refusal, not yet numbered. */
export function encodeTurnedAway({ status, code, detail }: TurnedAway): Buffer {
  const writer = new FrameWriter(FRAME_KINDS.turnedAway, 256);
  writer.uint32(status);
  writer.text(code);
  writer.text(detail);
  return writer.finish(REPLY_FRAME_BYTES_MAX);
}

/** The answer in a payload. @throws FrameError when it is none */
export function decodeAnswer(payload: Buffer): BatchAnswer {
  const reader = new FrameReader(payload);
  const answer = readAnswer(reader);
  reader.end();
  return answer;
}

function readAnswer(reader: FrameReader): BatchAnswer {
  const kind = reader.byte();
  reader.uint32();
  if (kind === FRAME_KINDS.reply) return { type: 'reply', reply: readReply(reader) };
  if (kind !== FRAME_KINDS.turnedAway) throw new FrameError('a frame is no answer to a batch');
  const [status, code, detail] = [reader.uint32(), reader.text(), reader.text()];
  return { type: 'turned-away', why: { status, code, detail } };
}

function readReply(reader: FrameReader): BatchReply {
  const node = reader.text();
  const epoch = reader.integer();
  const epochInForce = reader.integer();
  const syncedEpoch = reader.integer();
  const clockMs = reader.number();
  const results = reader.list(1, () => readResult(reader));
  const reply = { node, epoch, epochInForce, syncedEpoch, results };
  return Number.isNaN(clockMs) ? reply : { ...reply, clockMs };
}

function writeResult(writer: FrameWriter, result: NodeResult): void {
  if (result.type === 'read') {
    writeRead(writer, result);
  } else if (result.type === 'change') {
    writer.byte(OUTCOMES[result.outcome]);
    writer.text(result.record);
  } else if (result.type === 'merge') {
    writer.byte(result.changed ? RESULTS.merged : RESULTS.mergedNothing);
  } else if (result.type === 'draft') {
    writer.byte(result.record === null ? RESULTS.noDraft : RESULTS.draft);
    if (result.record !== null) writer.text(result.record);
  } else if (result.type === 'adopt') {
    writer.byte(ADOPT_OUTCOMES[result.outcome]);
  } else {
    writer.byte(RESULTS.json);
    writer.text(JSON.stringify(result));
  }
}

function writeRead(writer: FrameWriter, result: Extract<NodeResult, { type: 'read' }>): void {
  const { record, context, incomplete, drafted } = result;
  const flag = (incomplete === true ? INCOMPLETE : 0) + (drafted === true ? DRAFTED : 0);
  if (typeof record === 'string') {
    writer.byte(RESULTS.record + flag);
    writer.text(record);
  } else if (typeof context === 'string') {
    writer.byte(RESULTS.context + flag);
    writer.text(context);
  } else {
    writer.byte((record === null ? RESULTS.noRecord : RESULTS.noContext) + flag);
  }
}

function readResult(reader: FrameReader): NodeResult {
  const code = reader.byte();
  switch (code) {
    case RESULTS.json:
      return jsonResultOf(reader.text());
    case RESULTS.unchanged:
      return { type: 'change', outcome: 'unchanged', record: reader.text() };
    case RESULTS.applied:
      return { type: 'change', outcome: 'applied', record: reader.text() };
    case RESULTS.alreadyApplied:
      return { type: 'change', outcome: 'already-applied', record: reader.text() };
    case RESULTS.merged:
      return { type: 'merge', changed: true };
    case RESULTS.mergedNothing:
      return { type: 'merge', changed: false };
    case RESULTS.draft:
      return { type: 'draft', record: reader.text() };
    case RESULTS.noDraft:
      return { type: 'draft', record: null };
    case RESULTS.adopted:
      return { type: 'adopt', outcome: 'adopted' };
    case RESULTS.draftHeld:
      return { type: 'adopt', outcome: 'held' };
    case RESULTS.draftRefused:
      return { type: 'adopt', outcome: 'refused' };
    default:
      return code < DRAFTED ? readRead(reader, code) : readFlagged(reader, code);
  }
}

function readFlagged(reader: FrameReader, code: number): NodeResult {
  const read = readRead(reader, code & ~(INCOMPLETE | DRAFTED));
  return {
    ...read,
    ...((code & INCOMPLETE) !== 0 && { incomplete: true as const }),
    ...((code & DRAFTED) !== 0 && { drafted: true as const }),
  };
}

function readRead(reader: FrameReader, code: number): Extract<NodeResult, { type: 'read' }> {
  switch (code) {
    case RESULTS.record:
      return { type: 'read', record: reader.text() };
    case RESULTS.noRecord:
      return { type: 'read', record: null };
    case RESULTS.context:
      return { type: 'read', context: reader.text() };
    case RESULTS.noContext:
      return { type: 'read', context: null };
    default:
      throw new FrameError(`there is no result ${code}`);
  }
}

/** Trusted in form only as far as over HTTP. */
function jsonResultOf(text: string): NodeResult {
  try {
    return jsonResult.parse(JSON.parse(text)) as unknown as NodeResult;
  } catch (error) {
    throw new FrameError('a result is not JSON with a type', { cause: error });
  }
}
