/*
 * Batches as they lie in a frame. The operations that most traffic is made of have fields of their own; records go
 * through as the texts that they are. The others are JSON, checked by their schema.
 */
import { validate } from '../http/validate.ts';
import {
  BATCH_OPERATIONS_MAX,
  DRAFT_ID_LENGTH_MAX,
  operationSchema,
  REQUEST_ID_LENGTH_MAX,
  type Batch,
  type NodeOperation,
} from '../node-protocol.ts';
import { readChange, writeChange } from './change-frames.ts';
import { BATCH_FRAME_BYTES_MAX, FRAME_KINDS, FrameError } from './frame-protocol.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';

/** The byte of each operation. Those that are taken stay as they are: they are part of the protocol. */
const OPERATIONS = {
  json: 0,
  readRecord: 1,
  readContext: 2,
  change: 3,
  changeOnBase: 4,
  merge: 5,
  draft: 6,
  adopt: 7,
} as const;

/** Added to the byte of an operation that names the request that caused it. */
const WITH_REQUEST_ID = 0x80;

/** For a rough guess at the size of a frame. */
const OPERATION_BYTES = 256;

/** No operation takes fewer bytes: its byte, and a text. */
const OPERATION_BYTES_MIN = 5;

/** The frame of a batch, not yet numbered. @throws FrameError when it is too long */
export function encodeBatch({ to, epoch, notAfterMs, operations }: Batch): Buffer {
  const writer = new FrameWriter(FRAME_KINDS.batch, 64 + operations.length * OPERATION_BYTES);
  writer.text(to);
  writer.number(epoch);
  writer.number(notAfterMs ?? Number.NaN);
  writer.uint32(operations.length);
  for (const operation of operations) writeOperation(writer, operation);
  return writer.finish(BATCH_FRAME_BYTES_MAX);
}

/**
 * The batch in a payload.
 *
 * @throws FrameError when it is none. ProblemError 400 INVALID_INPUT when one of its operations is not of a form that is
 * known here.
 */
export function decodeBatch(payload: Buffer): Batch {
  const reader = new FrameReader(payload);
  if (reader.byte() !== FRAME_KINDS.batch) throw new FrameError('a frame is no batch');
  reader.uint32();
  const to = reader.text();
  const epoch = reader.integer();
  const notAfterMs = reader.number();
  if (epoch < 0) throw new FrameError('an epoch is not negative');
  if (Math.abs(notAfterMs) === Infinity) throw new FrameError('a batch has no end');
  const operations = reader.list(OPERATION_BYTES_MIN, () => readOperation(reader), BATCH_OPERATIONS_MAX);
  reader.end();
  return Number.isNaN(notAfterMs) ? { to, epoch, operations } : { to, epoch, notAfterMs, operations };
}

function writeOperation(writer: FrameWriter, operation: NodeOperation): void {
  if (operation.type === 'read') {
    writeBegin(writer, operation.detail === 'record' ? OPERATIONS.readRecord : OPERATIONS.readContext, operation);
    writer.text(operation.key);
  } else if (operation.type === 'draft') {
    writeBegin(writer, OPERATIONS.draft, operation);
    writer.text(operation.key);
    writer.text(operation.id);
    writeChange(writer, operation.change);
  } else if (operation.type === 'merge' || operation.type === 'adopt') {
    writeBegin(writer, operation.type === 'merge' ? OPERATIONS.merge : OPERATIONS.adopt, operation);
    writer.text(operation.key);
    writer.text(operation.record);
    if (operation.type === 'adopt') writer.number(operation.notAfterMs ?? Number.NaN);
  } else if (operation.type === 'change') {
    writeBegin(writer, operation.base === null ? OPERATIONS.change : OPERATIONS.changeOnBase, operation);
    writer.text(operation.key);
    writeChange(writer, operation.change);
    if (operation.base !== null) writer.text(operation.base);
  } else {
    writer.byte(OPERATIONS.json);
    writer.text(JSON.stringify(operation));
  }
}

function writeBegin(writer: FrameWriter, code: number, { requestId }: NodeOperation): void {
  writer.byte(code + (requestId === undefined ? 0 : WITH_REQUEST_ID));
  if (requestId !== undefined) writer.text(requestId);
}

function readOperation(reader: FrameReader): NodeOperation {
  const code = reader.byte();
  if (code === OPERATIONS.json) return validate(operationSchema, parsed(reader.text()));
  if (code < WITH_REQUEST_ID) return readFields(reader, code);
  const requestId = reader.text();
  if (requestId.length > REQUEST_ID_LENGTH_MAX) throw new FrameError('the id of a request is too long');
  const operation = readFields(reader, code - WITH_REQUEST_ID);
  operation.requestId = requestId;
  return operation;
}

function readFields(reader: FrameReader, code: number): NodeOperation {
  switch (code) {
    case OPERATIONS.readRecord:
      return { type: 'read', key: reader.text(), detail: 'record', requestId: undefined };
    case OPERATIONS.readContext:
      return { type: 'read', key: reader.text(), detail: 'context', requestId: undefined };
    case OPERATIONS.change:
      return { type: 'change', key: reader.text(), change: readChange(reader), base: null, requestId: undefined };
    case OPERATIONS.changeOnBase: {
      const [key, change] = [reader.text(), readChange(reader)];
      return { type: 'change', key, change, base: reader.text(), requestId: undefined };
    }
    case OPERATIONS.merge:
      return { type: 'merge', key: reader.text(), record: reader.text(), requestId: undefined };
    case OPERATIONS.draft: {
      const [key, id] = [reader.text(), reader.text()];
      if (id.length > DRAFT_ID_LENGTH_MAX) throw new FrameError('the id of a draft is too long');
      return { type: 'draft', key, id, change: readChange(reader), requestId: undefined };
    }
    case OPERATIONS.adopt:
      return readAdopt(reader);
    default:
      throw new FrameError(`there is no operation ${code}`);
  }
}

function readAdopt(reader: FrameReader): NodeOperation {
  const [key, record, notAfterMs] = [reader.text(), reader.text(), reader.number()];
  if (Math.abs(notAfterMs) === Infinity) throw new FrameError('an offer has no end');
  const operation = { type: 'adopt' as const, key, record, requestId: undefined };
  return Number.isNaN(notAfterMs) ? operation : { ...operation, notAfterMs };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FrameError('an operation is not JSON', { cause: error });
  }
}
