import { expect, test } from 'vitest';
import { nextTurn } from '../system-clock.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { BatchLane, type LaneCall, type LaneResult } from './batch-lane.ts';

const TIMEOUT_MS = 1_000;

/** A lane to a node that answers when it is told to. */
function createLane() {
  const clock = createManualClock();
  const sent: { readonly calls: readonly LaneCall[]; readonly answer: (results: LaneResult[]) => void }[] = [];
  const lane = new BatchLane({
    clock,
    timeoutMs: TIMEOUT_MS,
    gatherTurns: 1,
    batchOperationsMax: 100,
    queueMax: 100,
    send: (calls) => new Promise((answer) => sent.push({ calls, answer })),
  });
  /** Resolves to how long the call took, or to the code of its failure and when that came. */
  const call = (key: string) =>
    lane
      .call({ type: 'read', key, detail: 'record' }, undefined, (_, tookMs) => tookMs)
      .catch((error: { code: string }) => `${error.code} at ${clock.monotonicMs()}`);
  /** Lets time go by, with what else happens meanwhile. */
  const pass = async (forMs: number) => {
    for (let passedMs = 0; passedMs < forMs; passedMs += 1) {
      clock.advance(1);
      await nextTurn();
    }
  };
  return { sent, call, pass };
}

const FOUND: LaneResult = { type: 'read', record: null };

test('each operation has its own time, and fails when that is up, whether it was sent or waits', async () => {
  const { sent, call, pass } = createLane();
  const first = call('a');
  await nextTurn();
  await pass(300);
  const second = call('b');
  await pass(500);
  const third = call('c');
  await pass(5 * TIMEOUT_MS);
  expect(await Promise.all([first, second, third])).toEqual([
    'TIMEOUT at 1000',
    'OVERLOADED at 1300',
    'OVERLOADED at 1800',
  ]);
  expect(sent.map(({ calls }) => calls.length)).toEqual([1]);
});

test('what was answered in time leaves the others the time that they have', async () => {
  const { sent, call, pass } = createLane();
  const first = call('a');
  await nextTurn();
  await pass(900);
  const second = call('b');
  sent[0]?.answer([FOUND]);
  expect(await first).toBe(900);
  await nextTurn();
  expect(sent).toHaveLength(2);
  await pass(TIMEOUT_MS - 2);
  const third = call('c');
  await pass(1);
  sent[1]?.answer([FOUND]);
  expect(await second).toBe(TIMEOUT_MS - 1);
  await pass(TIMEOUT_MS);
  expect(await third).toBe('TIMEOUT at 2898');
});

test('an operation that was given up is not sent any more, and one that comes after a pause has its full time', async () => {
  const { sent, call, pass } = createLane();
  const first = call('a');
  await nextTurn();
  const second = call('b');
  await pass(10 * TIMEOUT_MS);
  expect(await Promise.all([first, second])).toEqual(['TIMEOUT at 1000', 'OVERLOADED at 1000']);
  const third = call('c');
  sent[0]?.answer([FOUND]);
  await pass(5);
  expect(sent[1]?.calls.map(({ operation }) => operation)).toMatchObject([{ key: 'c' }]);
  await pass(10 * TIMEOUT_MS);
  expect(await third).toBe('TIMEOUT at 11000');
});
