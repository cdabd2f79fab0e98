import { expect, test } from 'vitest';
import type { NodeOperation } from '../node-protocol.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { NodeCallError } from './node-transport.ts';
import { sendUnderNewestMap, type SendingOptions } from './send-under-newest-map.ts';

const read: NodeOperation = { type: 'read', key: 'user:a', detail: 'context' };
const change: NodeOperation = {
  type: 'change',
  key: 'user:a',
  change: { action: { type: 'create-user' } },
  base: null,
};
const answer = { type: 'merge', changed: true } as const;
const TIMEOUT_MS = 1_000;

/** A node that knows the map of `nodeEpoch`, and a sender who is told of epochs by `learn`. */
function createWorld(nodeEpoch: number) {
  const clock = createManualClock();
  const sent: { epoch: number; operations: readonly NodeOperation[] }[] = [];
  let epoch = 1;
  const options: SendingOptions = {
    clock,
    timeoutMs: TIMEOUT_MS,
    epoch: () => epoch,
    async send(sentUnder, operations) {
      if (sentUnder < world.nodeEpoch) throw new NodeCallError('STALE_EPOCH', 'there is a newer map');
      sent.push({ epoch: sentUnder, operations });
      world.onSent();
      const results = operations.map(() => answer);
      return { node: 'a', epoch: world.nodeEpoch, epochInForce: world.nodeEpoch, syncedEpoch: 0, results };
    },
  };
  const world = {
    nodeEpoch,
    onSent: () => {},
    sent,
    learn: (newer: number) => void (epoch = newer),
    /** Lets time pass, and what waits for it go on. */
    pass: async (forMs: number) => {
      for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs += 10) {
        clock.advance(10);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    send: (operations: readonly NodeOperation[]) =>
      sendUnderNewestMap(
        operations.map((operation) => ({ operation, madeUnder: operation === change ? 1 : undefined })),
        options,
      ),
  };
  return world;
}

test('what any map will do for is sent again once the newer map is here; what was made under the older is held back', async () => {
  const { send, sent, learn, pass } = createWorld(2);
  const sending = send([read, change, read]);
  await pass(50);
  expect(sent).toEqual([]);
  learn(2);
  await pass(20);
  expect(await sending).toEqual([answer, expect.objectContaining({ type: 'error', code: 'STALE_EPOCH' }), answer]);
  expect(sent).toEqual([{ epoch: 2, operations: [read, read] }]);
});

test('a change that waited while the map changed is not sent at all', async () => {
  const { send, sent, learn } = createWorld(1);
  learn(2);
  expect(await send([change])).toMatchObject([{ code: 'STALE_EPOCH' }]);
  expect(sent).toEqual([]);
});

test('the map of a node that never comes here leaves nothing done', async () => {
  const { send, pass } = createWorld(2);
  const failure = send([read]).catch((error: unknown) => error);
  await pass(TIMEOUT_MS + 20);
  expect(await failure).toMatchObject({ code: 'STALE_EPOCH', maybeDone: false });
});

test('I9: an answer counts only once the map that the node heard of meanwhile is here too', async () => {
  const world = createWorld(1);
  // Let in under the old map and carried out after the node has told all it holds to a new owner.
  world.onSent = () => (world.nodeEpoch = 2);
  let isDone = false;
  const sending = world.send([change]).finally(() => (isDone = true));
  await world.pass(50);
  expect(isDone).toBe(false);
  world.learn(2);
  await world.pass(20);
  expect(await sending).toEqual([answer]);
});

test('when that map never comes here, the operation may have been done', async () => {
  const world = createWorld(1);
  world.onSent = () => (world.nodeEpoch = 2);
  const failure = world.send([change]).catch((error: unknown) => error);
  await world.pass(TIMEOUT_MS + 20);
  expect(await failure).toMatchObject({ code: 'TIMEOUT', maybeDone: true });
});
