import { NodeClient, systemClock } from '@trolley/cluster';
import { emptyRecord, encodeRecord, productKey, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { createExecutor, executeBatch } from '../execute-batch.ts';
import { answersOf } from '../testing/answers-of.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { exchange } from './exchange.ts';
import { NodeEvents } from './node-events.ts';
import { RepairFigures } from './repair-figures.ts';
import { Throttle } from './throttle.ts';

const keys = ['fig', 'pear', 'plum'].map(productKey);
const RECORD = encodeRecord(write(emptyRecord, 'a.1', [['quantity', 1]]));
const differences = keys.map((key) => ({ key, theirs: undefined, fetch: false, offer: true }));

/** Node a, which holds everything, and node b, which holds nothing. */
function createWorld(mayOffer: () => boolean) {
  const engine = new FakeEngine('a');
  for (const key of keys) engine.records.set(key, RECORD);
  const other = new FakeEngine('b');
  const client = new NodeClient({
    nodeId: 'b',
    address: { host: 'localhost', port: 1 },
    transport: {
      async send(_address, batch) {
        const execute = createExecutor(other, systemClock, { finished: () => {} }, answersOf(other));
        const results = await executeBatch(execute, batch.operations);
        return { node: 'b', epoch: 1, epochInForce: 1, syncedEpoch: 1, results };
      },
      forget: () => {},
      close: async () => {},
    },
    clock: systemClock,
    timeoutMs: 10_000,
    epoch: () => 1,
    metrics: { batchSent: () => {}, batchEnded: () => {} },
  });
  const options = {
    engine,
    events: new NodeEvents(systemClock),
    figures: new RepairFigures(),
    throttle: new Throttle(systemClock, 1_000_000),
    mayOffer,
  };
  return { other, run: async () => exchange(options, client, differences, 'hint') };
}

test('what only this node has is offered', async () => {
  const { other, run } = createWorld(() => true);
  expect(await run()).toBe(3);
  expect([...other.records.keys()].toSorted()).toEqual(keys.toSorted());
});

test('I19: offers nothing once this node may hold what the other forgot', async () => {
  const { other, run } = createWorld(() => false);
  // As nothing was exchanged, it must not be taken for done.
  await expect(run()).rejects.toThrow('deleted for good');
  expect(other.records.size).toBe(0);
});
