import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ProblemError } from '../http/problem.ts';
import { batchSchema, type Batch, type NodeOperation, type NodeResult } from '../node-protocol.ts';
import { decodeBatch, encodeBatch } from './batch-frames.ts';
import { BATCH_FRAME_BYTES_MAX, FRAME_KINDS, FrameError, LENGTH_BYTES } from './frame-protocol.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { FrameWriter } from './frame-writer.ts';
import { decodeAnswer, encodeReply, encodeTurnedAway } from './reply-frames.ts';

/** Any text: plain, of other scripts, and with halves of surrogate pairs, which no UTF-8 can say. */
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.string({ minLength: 1, maxLength: 4 }).map((piece) => piece.repeat(500)),
);
const integer = fc.maxSafeInteger();
const line = fc.tuple(text, integer);
const lines = fc.array(line, { maxLength: 5 });
const requestId = fc.option(fc.string({ maxLength: 200 }), { nil: undefined });

const action = fc.oneof(
  fc.constantFrom(
    { type: 'create-user' } as const,
    { type: 'delete-user' } as const,
    {
      type: 'delete-product',
    } as const,
  ),
  fc.record({ type: fc.constantFrom('add-to-cart', 'replace-cart', 'take-from-cart'), lines }),
  fc.record({ type: fc.constantFrom('list-add', 'list-remove'), entries: lines }),
  fc.record({ type: fc.constant('remove-from-cart' as const), names: fc.array(text, { maxLength: 5 }) }),
  fc.record({ type: fc.constant('add-to-product' as const), quantity: integer }),
);
const word = fc.stringMatching(/^[\w-]{1,20}$/);
const once = fc.option(fc.record({ id: word, fingerprint: word, expiresAtMs: integer }), { nil: undefined });

const operation: fc.Arbitrary<NodeOperation> = fc.oneof(
  fc.record({
    type: fc.constant('read' as const),
    key: text,
    detail: fc.constantFrom('record', 'context'),
    requestId,
  }),
  fc.record({ type: fc.constant('merge' as const), key: text, record: text, requestId }),
  fc.record({ type: fc.constant('adopt' as const), key: text, record: text, requestId }),
  fc.record({ type: fc.constant('adopt' as const), key: text, record: text, notAfterMs: fc.nat(), requestId }),
  fc.record({
    type: fc.constant('change' as const),
    key: text,
    change: fc.record({ action, once }),
    base: fc.option(text),
    requestId,
  }),
  fc.record({
    type: fc.constant('withdraw' as const),
    key: text,
    id: word,
    record: fc.option(text, { nil: undefined }),
    requestId,
  }),
  fc.record({
    type: fc.constant('draft' as const),
    key: text,
    id: word,
    change: fc.record({ action, once }),
    requestId,
  }),
  fc.record({
    type: fc.constant('scan' as const),
    prefix: text,
    after: fc.option(text),
    limit: fc.integer({ min: 1, max: 10_000 }),
    requestId,
  }),
  fc.record({
    type: fc.constant('prepare' as const),
    key: text,
    ballot: fc.tuple(fc.integer({ min: 1 }), word),
    requestId,
  }),
  fc.record({ type: fc.constant('tombstone-drops' as const), requestId }),
  fc.record({ type: fc.constant('known-map' as const), newerThan: fc.option(fc.nat(), { nil: undefined }), requestId }),
) as fc.Arbitrary<NodeOperation>;

const batch: fc.Arbitrary<Batch> = fc
  .record({
    to: text,
    epoch: fc.maxSafeNat(),
    notAfterMs: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
    operations: fc.array(operation, { maxLength: 10 }),
  })
  .map(({ notAfterMs, ...rest }) => (notAfterMs === undefined ? rest : { ...rest, notAfterMs: notAfterMs + 0 }));

const flag = fc.option(fc.constant(true as const), { nil: undefined });
const result = fc.oneof(
  fc.record({ type: fc.constant('read'), record: fc.option(text), incomplete: flag }),
  fc.record({ type: fc.constant('read'), context: fc.option(text), incomplete: flag }),
  fc.record({
    type: fc.constant('change'),
    outcome: fc.constantFrom('applied', 'unchanged', 'already-applied'),
    record: text,
  }),
  fc.record({ type: fc.constant('refused'), code: fc.constant('USER_EXISTS'), detail: text, record: text }),
  fc.record({ type: fc.constant('merge'), changed: fc.boolean() }),
  fc.record({ type: fc.constant('draft'), record: fc.option(text) }),
  fc.record({ type: fc.constant('adopt'), outcome: fc.constantFrom('adopted', 'held', 'refused') }),
  fc.record({
    type: fc.constant('withdraw'),
    outcome: fc.oneof(
      fc.record({ type: fc.constantFrom('withdrawn', 'built-upon') }),
      fc.record({ type: fc.constant('held'), record: text }),
    ),
  }),
  fc.record({ type: fc.constant('error'), code: fc.constant('READ_ONLY'), message: text }),
  fc.record({ type: fc.constant('accepted') }),
) as fc.Arbitrary<NodeResult>;

const reply = fc
  .record({
    node: text,
    epoch: fc.maxSafeNat(),
    epochInForce: fc.maxSafeNat(),
    syncedEpoch: fc.maxSafeNat(),
    clockMs: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
    results: fc.array(result, { maxLength: 10 }),
  })
  .map(({ clockMs, ...rest }) => (clockMs === undefined ? rest : { ...rest, clockMs: clockMs + 0 }));

const EMPTY: Batch = { to: 'node-a', epoch: 0, operations: [] };

function payloadOf(frame: Buffer): Buffer {
  expect(frame.readUInt32LE(0)).toBe(frame.length - LENGTH_BYTES);
  return frame.subarray(LENGTH_BYTES);
}

/** As it comes over HTTP, checked by the schema. */
function overHttp(sent: Batch): Batch {
  return batchSchema.parse(JSON.parse(JSON.stringify(sent)));
}

describe('a batch', () => {
  it('comes out of a frame as it comes over HTTP', () => {
    fc.assert(
      fc.property(batch, (sent) => {
        expect(decodeBatch(payloadOf(encodeBatch(sent)))).toEqual(overHttp(sent));
      }),
    );
  });

  it('that is cut short anywhere, or goes on, is refused', () => {
    fc.assert(
      fc.property(batch, fc.nat(), (sent, at) => {
        const payload = payloadOf(encodeBatch(sent));
        expect(() => decodeBatch(payload.subarray(0, at % payload.length))).toThrow(FrameError);
        expect(() => decodeBatch(Buffer.concat([payload, Buffer.from([0])]))).toThrow(FrameError);
      }),
    );
  });

  it('with any bytes changed is refused, or is one that the schema takes too', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(batch, changes, (sent, changed) => {
        const payload = payloadOf(encodeBatch(sent));
        for (const [at, value] of changed) payload[at % payload.length] = value;
        const decoded = orRefused(() => decodeBatch(payload), EMPTY);
        expect(decoded).toEqual(overHttp(decoded));
      }),
      { numRuns: 1_000 },
    );
  });

  it('that is any garbage is refused, or is one that the schema takes too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = orRefused(() => decodeBatch(Buffer.from([FRAME_KINDS.batch, ...bytes])), EMPTY);
        expect(decoded).toEqual(overHttp(decoded));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, (writer: FrameWriter) => void]>([
    ['more operations than it has bytes for', (writer) => header(writer, 0, 0xff_ff_ff_ff)],
    ['more operations than a batch may have', (writer) => manyReads(writer, 10_001)],
    ['a negative epoch', (writer) => header(writer, -1, 0)],
    ['half an epoch', (writer) => header(writer, 0.5, 0)],
  ])('of %s is refused', (_, write) => {
    const writer = new FrameWriter(FRAME_KINDS.batch, 100);
    write(writer);
    expect(() => decodeBatch(payloadOf(writer.finish(BATCH_FRAME_BYTES_MAX)))).toThrow(FrameError);
  });

  it('of too many operations is refused before any of them is read', () => {
    const writer = new FrameWriter(FRAME_KINDS.batch, 100);
    header(writer, 0, 10_001);
    for (let index = 0; index < 60_000; index += 1) writer.byte(99);
    const payload = payloadOf(writer.finish(BATCH_FRAME_BYTES_MAX));
    expect(() => decodeBatch(payload)).toThrow('a list has 10001 entries, and 10000 are the most');
  });

  it.each<[string, unknown]>([
    ['an unknown operation', { type: 'forget', key: 'user:a' }],
    ['an operation without its fields', { type: 'scan' }],
    ['an operation of the wrong kind', { type: 'prepare', key: 'item:a', ballot: [0, 'p'] }],
  ])('with %s is told so', (_, wrong) => {
    const payload = payloadOf(encodeBatch({ to: 'a', epoch: 1, operations: [wrong as NodeOperation] }));
    expect(() => decodeBatch(payload)).toThrow(expect.objectContaining({ name: 'ProblemError' }));
  });

  it('with the id of a request that is too long, or an id to make it once that is none, is refused', () => {
    const read: NodeOperation = { type: 'read', key: 'user:a', detail: 'record', requestId: 'x'.repeat(201) };
    expect(() => decodeBatch(payloadOf(encodeBatch({ to: 'a', epoch: 1, operations: [read] })))).toThrow(FrameError);
    const once1 = { id: 'a b', fingerprint: 'c', expiresAtMs: 1 };
    const change: NodeOperation = {
      type: 'change',
      key: 'user:a',
      change: { action: { type: 'create-user' }, once: once1 },
      base: null,
    };
    expect(() => decodeBatch(payloadOf(encodeBatch({ to: 'a', epoch: 1, operations: [change] })))).toThrow(FrameError);
  });

  it('that is longer than a frame may be is not made', () => {
    const record = 'x'.repeat(BATCH_FRAME_BYTES_MAX);
    const sent = { to: 'a', epoch: 1, operations: [{ type: 'merge' as const, key: 'user:a', record }] };
    expect(() => encodeBatch(sent)).toThrow(FrameError);
  });
});

describe('an answer', () => {
  it('comes out of a frame as it comes over HTTP', () => {
    fc.assert(
      fc.property(reply, (sent) => {
        // An infinite number is no JSON; a clock never tells one.
        fc.pre(!('clockMs' in sent) || Number.isFinite(sent.clockMs));
        const decoded = decodeAnswer(payloadOf(encodeReply(sent)));
        expect(decoded).toEqual({ type: 'reply', reply: JSON.parse(JSON.stringify(sent)) });
      }),
    );
  });

  it('that turns a batch away tells why', () => {
    const why = { status: 409, code: 'STALE_EPOCH', detail: 'There is a newer map: 日本.' };
    expect(decodeAnswer(payloadOf(encodeTurnedAway(why)))).toEqual({ type: 'turned-away', why });
  });

  it('that is cut short anywhere is refused', () => {
    fc.assert(
      fc.property(reply, fc.nat(), (sent, at) => {
        const payload = payloadOf(encodeReply(sent));
        expect(() => decodeAnswer(payload.subarray(0, at % payload.length))).toThrow(FrameError);
      }),
    );
  });

  it('with any bytes changed is refused, or is another answer', () => {
    fc.assert(
      fc.property(reply, fc.nat(), fc.integer({ min: 0, max: 255 }), (sent, at, value) => {
        const payload = payloadOf(encodeReply(sent));
        payload[at % payload.length] = value;
        const answer = orRefused(() => decodeAnswer(payload), undefined);
        expect(answer?.type ?? 'refused').toMatch(/^(?:reply|turned-away|refused)$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a splitter', () => {
  it('finds long frames that come byte by byte', () => {
    const splitter = new FrameSplitter(1_000_000);
    const payload = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const frame = Buffer.concat([Buffer.from(new Uint32Array([payload.length]).buffer), payload]);
    const found: Buffer[] = [];
    for (const byte of Buffer.concat([frame, frame])) found.push(...splitter.push(Buffer.from([byte])));
    expect(found.map((each) => each.equals(payload))).toEqual([true, true]);
  });

  it('finds the frames however they are cut into pieces', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 });
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, sizes) => {
        const stream = Buffer.concat(sent.flatMap((bytes) => [lengthOf(bytes.length), bytes]));
        const splitter = new FrameSplitter(50);
        const found: Buffer[] = [];
        for (let start = 0, index = 0; start < stream.length; index += 1) {
          const end = start + (sizes[index % sizes.length] ?? 1);
          found.push(...splitter.push(stream.subarray(start, end)));
          start = end;
        }
        expect(found.map((payload) => [...payload])).toEqual(sent.map((payload) => [...payload]));
        expect(splitter.isWithinFrame).toBe(false);
      }),
    );
  });

  test('refuses a frame that is too long as soon as it is announced', () => {
    const splitter = new FrameSplitter(50);
    expect(splitter.push(lengthOf(51).subarray(0, 3))).toEqual([]);
    expect(() => splitter.push(lengthOf(51).subarray(3))).toThrow(FrameError);
  });
});

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeUInt32LE(length);
  return bytes;
}

function header(writer: FrameWriter, epoch: number, operations: number): void {
  writer.text('node-a');
  writer.number(epoch);
  writer.number(Number.NaN);
  writer.uint32(operations);
}

function manyReads(writer: FrameWriter, count: number): void {
  header(writer, 0, count);
  for (let index = 0; index < count; index += 1) {
    writer.byte(1);
    writer.text('user:a');
  }
}

/** What was decoded, or the other when it was refused as it should be. */
function orRefused<T, U>(decode: () => T, otherwise: U): T | U {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FrameError || error instanceof ProblemError) return otherwise;
    throw error;
  }
}
