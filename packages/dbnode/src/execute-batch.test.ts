import { describe, expect, it } from 'vitest';
import type { NodeOperation, NodeResult } from '@trolley/cluster';
import { createManualClock } from '@trolley/cluster/testing';
import { decodeRecord, emptyRecord, encodeRecord, productOf, userOf, write } from '@trolley/records';
import { createExecutor, executeBatch, type OperationObserver } from './execute-batch.ts';
import { answersOf } from './testing/answers-of.ts';
import { FakeEngine } from './testing/fake-engine.ts';

const CREATE_USER = { action: { type: 'create-user' } } as const;
const ORANGES = encodeRecord(write(emptyRecord, 'node-b.000001', [['quantity', 5]]));

function createTestExecutor() {
  const engine = new FakeEngine();
  const clock = createManualClock();
  const finished: { type: string; result: NodeResult; tookMs: number; error: unknown }[] = [];
  const observer: OperationObserver = {
    finished: ({ type }, result, tookMs, error) => void finished.push({ type, result, tookMs, error }),
  };
  const execute = createExecutor(engine, clock, observer, answersOf(engine));
  return { engine, clock, finished, run: async (operations: NodeOperation[]) => executeBatch(execute, operations) };
}

function listAdd(key: string, name: string, quantity: number): NodeOperation {
  return { type: 'change', key, change: { action: { type: 'list-add', entries: [[name, quantity]] } }, base: null };
}

function addApples(quantity: number): NodeOperation {
  return {
    type: 'change',
    key: 'user:ann@example.com',
    change: { action: { type: 'add-to-cart', lines: [['apple', quantity]] } },
    base: null,
  };
}

function accept(change: Partial<Extract<NodeOperation, { type: 'accept' }>>): NodeOperation {
  return { type: 'accept', key: 'item:a', ballot: [1, 'p'], value: 'v', next: null, ...change };
}

describe('a batch', () => {
  it('tells how the node is doing', async () => {
    const { run, engine } = createTestExecutor();
    engine.incompleteGroups = new Set([3, 5]);
    const [, status] = await run([
      { type: 'merge', key: 'product:orange', record: ORANGES },
      { type: 'status', eventsAfter: 0 },
    ]);
    const bytes = 'product:orange'.length + ORANGES.length;
    expect(status).toMatchObject({
      type: 'status',
      records: 1,
      bytes,
      incompleteGroups: [3, 5],
      fetching: null,
      events: [],
    });
  });

  it('answers each kind of operation in its place', async () => {
    const { run } = createTestExecutor();
    const results = await run([
      { type: 'merge', key: 'product:orange', record: ORANGES },
      { type: 'change', key: 'user:ann@example.com', change: CREATE_USER, base: null },
      { type: 'change', key: 'user:ann@example.com', change: CREATE_USER, base: null },
      { type: 'read', key: 'product:orange', detail: 'record' },
      { type: 'read', key: 'product:pear', detail: 'context' },
      { type: 'merge', key: 'product:orange', record: ORANGES },
      { type: 'scan', prefix: 'product:', after: null, limit: 10 },
    ]);
    expect(results).toMatchObject([
      { type: 'merge', changed: true },
      { type: 'change', outcome: 'applied' },
      { type: 'refused', code: 'USER_EXISTS' },
      { type: 'read', record: ORANGES },
      { type: 'read', context: null },
      { type: 'merge', changed: false },
      { type: 'scan', entries: [['product:orange', ORANGES]], more: false },
    ]);
  });

  it('promises and accepts in order, so that a proposer may ask for both at once', async () => {
    const { run } = createTestExecutor();
    const results = await run([
      { type: 'prepare', key: 'item:a', ballot: [1, 'p'] },
      accept({ next: [2, 'p'] }),
      { type: 'prepare', key: 'item:a', ballot: [2, 'a'] },
      { type: 'prepare', key: 'item:a', ballot: [3, 'q'] },
      { type: 'read', key: 'item:a', detail: 'context' },
    ]);
    expect(results).toEqual([
      { type: 'promised', accepted: null, value: null },
      { type: 'accepted' },
      { type: 'outbid', ballot: [2, 'p'] },
      { type: 'promised', accepted: [1, 'p'], value: 'v' },
      { type: 'read', context: '[1,"p"]' },
    ]);
  });

  it('with another value under a ballot is refused as a bug, with the error for the log', async () => {
    const { run, finished } = createTestExecutor();
    const results = await run([accept({}), accept({ value: 'w' })]);
    expect(results).toMatchObject([{ type: 'accepted' }, { type: 'error', code: 'INTERNAL' }]);
    const errors = finished.map(({ error }) => error).filter((error) => error !== undefined);
    expect(errors).toMatchObject([{ code: 'BALLOT_REUSED' }]);
  });

  it('applies the changes of one key in order, each on what the one before left', async () => {
    const { run, engine } = createTestExecutor();
    const results = await run([
      { type: 'change', key: 'user:ann@example.com', change: CREATE_USER, base: null },
      ...Array.from({ length: 20 }, () => addApples(1)),
    ]);
    const carts = results
      .slice(1)
      .map((result) => 'record' in result && userOf(decodeRecord(result.record ?? ''))?.cart.get('apple'));
    expect(carts).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(engine.calls).toHaveLength(21);
  });

  it('says in a scan of which groups the node may lack something', async () => {
    const { run, engine } = createTestExecutor();
    engine.incompleteGroups = new Set([3, 5]);
    const results = await run([{ type: 'scan', prefix: '', after: null, limit: 10 }]);
    expect(results).toEqual([{ type: 'scan', entries: [], more: false, incompleteGroups: [3, 5] }]);
  });

  it('starts every operation before it waits for one', async () => {
    const { run, engine } = createTestExecutor();
    const release = engine.hold();
    const running = run([
      { type: 'merge', key: 'product:orange', record: ORANGES },
      { type: 'merge', key: 'product:pear', record: ORANGES },
    ]);
    expect(engine.calls).toEqual(['product:orange', 'product:pear']);
    release();
    await expect(running).resolves.toHaveLength(2);
  });

  it('merges the base of a change before it applies it', async () => {
    const { run } = createTestExecutor();
    const change = { action: { type: 'add-to-product', quantity: 1 } } as const;
    const [result] = await run([{ type: 'change', key: 'product:orange', change, base: ORANGES }]);
    expect(result?.type === 'change' && productOf(decodeRecord(result.record))?.quantity).toBe(6);
  });

  it('says so when a read may lack what was once acknowledged', async () => {
    const { run, engine } = createTestExecutor();
    engine.incomplete = true;
    expect(await run([{ type: 'read', key: 'product:orange', detail: 'record' }])).toEqual([
      { type: 'read', record: null, incomplete: true },
    ]);
  });
});

describe('one bad operation', () => {
  const good: NodeOperation = { type: 'merge', key: 'product:orange', record: ORANGES };
  const bad: [string, NodeOperation][] = [
    ['a record that is none', { type: 'merge', key: 'product:pear', record: '{"no":' }],
    ['a draft that is none', { type: 'adopt', key: 'product:pear', record: '{"no":' }],
    ['a draft of another kind', { type: 'adopt', key: 'product:pear', record: '["r",[1,"p"],[1,"p"],null]' }],
    ['a change that cannot be drafted', { type: 'draft', key: 'product:pear', id: 'a', change: CREATE_USER }],
    ['a base that is none', { type: 'change', key: 'user:a@example.com', change: CREATE_USER, base: 'x' }],
    ['a key of another kind', { type: 'read', key: 'thing:1', detail: 'record' }],
    ['an empty key', { type: 'read', key: '', detail: 'record' }],
    ['a key without a name', { type: 'merge', key: 'product:', record: ORANGES }],
    ['a key with half a surrogate pair', { type: 'merge', key: 'product:\ud800', record: ORANGES }],
    ['a key that is too long', { type: 'merge', key: `product:${'x'.repeat(600)}`, record: ORANGES }],
    ['a prefix that is too long', { type: 'scan', prefix: 'x'.repeat(600), after: null, limit: 1 }],
    ['a change for another kind of key', { type: 'change', key: 'product:pear', change: CREATE_USER, base: null }],
    ['a change of a register', { type: 'change', key: 'item:a', change: CREATE_USER, base: null }],
    ['a promise on what is no register', { type: 'prepare', key: 'product:pear', ballot: [1, 'p'] }],
    ['a promise on no key', { type: 'prepare', key: 'item:', ballot: [1, 'p'] }],
    ['a value for what is no register', accept({ key: 'user:a@example.com' })],
    ['a value that is too long', accept({ value: 'x'.repeat(1024 * 1024 + 1) })],
    ['a next ballot that is no later', accept({ next: [1, 'p'] })],
    ['a next ballot of another proposer', accept({ next: [2, 'q'] })],
    ['a record for a register', { type: 'merge', key: 'item:a', record: ORANGES }],
    ['a register for a record', { type: 'merge', key: 'product:pear', record: '["r",[1,"p"],[1,"p"],null]' }],
    ['a register that is none', { type: 'merge', key: 'item:a', record: '["r",[1,"p"],[0,"p"],null]' }],
    ['an entry for what is no list', listAdd('user:a@example.com', 'order:1', 1)],
    ['an entry that leads nowhere', listAdd('person:a@example.com', 'request:a:b', 1)],
    ['an entry without an id', listAdd('open:0', 'bundle:', 1)],
    ['an entry before all time', listAdd('open:0', 'bundle:1', -1)],
    ['an entry that is too long', listAdd('person:a@example.com', `order:${'x'.repeat(600)}`, 1)],
    ['a line of none', addApples(0)],
    ['a line of too many', addApples(1_000_000_001)],
    [
      'a line named by half a surrogate pair',
      {
        type: 'change',
        key: 'user:a@example.com',
        change: { action: { type: 'remove-from-cart', names: ['\udc00'] } },
        base: null,
      },
    ],
    [
      'a stock change that is too large',
      {
        type: 'change',
        key: 'product:pear',
        change: { action: { type: 'add-to-product', quantity: -1_000_000_001 } },
        base: null,
      },
    ],
    [
      'an expiry between milliseconds',
      {
        type: 'change',
        key: 'user:a@example.com',
        change: { ...CREATE_USER, once: { id: 'a', fingerprint: 'b', expiresAtMs: 0.5 } },
        base: null,
      },
    ],
    [
      'a huge request id',
      {
        type: 'change',
        key: 'user:a@example.com',
        change: { ...CREATE_USER, once: { id: 'a'.repeat(200), fingerprint: 'b', expiresAtMs: 1 } },
        base: null,
      },
    ],
  ];

  it.each(bad)('(%s) leaves the others alone, and changes nothing', async (_, operation) => {
    const { run, engine } = createTestExecutor();
    const results = await run([operation, good]);
    expect(results).toMatchObject([
      { type: 'error', code: 'INVALID_OPERATION' },
      { type: 'merge', changed: true },
    ]);
    expect([...engine.records.keys()]).toEqual(['product:orange']);
  });

  it('on a full disk is refused as such while reads go on', async () => {
    const { run, engine } = createTestExecutor();
    engine.readOnlyReason = 'no space left';
    expect(await run([good, { type: 'read', key: 'product:orange', detail: 'record' }])).toEqual([
      { type: 'error', code: 'READ_ONLY', message: 'no space left' },
      { type: 'read', record: null },
    ]);
  });

  it('that nobody foresaw tells nothing of the inside, and its cause is observed', async () => {
    const { run, engine, finished } = createTestExecutor();
    engine.failure = new Error('secret');
    const results = await run([good]);
    expect(results).toMatchObject([{ type: 'error', code: 'INTERNAL' }]);
    expect(JSON.stringify(results)).not.toContain('secret');
    expect(finished[0]?.error).toBe(engine.failure);
  });
});

describe('a scan', () => {
  it('of large records ends early, with more to come, and always gets on', async () => {
    const { run, engine } = createTestExecutor();
    const large = 'x'.repeat(5 * 1024 * 1024);
    const keys = ['product:a', 'product:b', 'product:c'];
    keys.forEach((key) => engine.records.set(key, large));
    const seen: string[] = [];
    let more = true;
    while (more && seen.length < 10) {
      const [result] = await run([{ type: 'scan', prefix: 'product:', after: seen.at(-1) ?? null, limit: 100 }]);
      more = result?.type === 'scan' && result.more;
      seen.push(...(result?.type === 'scan' ? result.entries.map(([key]) => key) : []));
    }
    expect(seen).toEqual(keys);
  });
});
