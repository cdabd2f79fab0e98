import { expect, test } from 'vitest';
import type { Batch } from '../node-protocol.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { NodeClient } from './node-client.ts';
import { NodeCallError } from './node-transport.ts';

const TIMEOUT_MS = 1_000;
/** A call to the node and back takes so long. */
const ROUND_TRIP_MS = 20;

/** A client of a node whose clock is ahead of the own one by `aheadMs`, and all batches that it sent. */
function createWorld(aheadMs: number) {
  const clock = createManualClock();
  const batches: Batch[] = [];
  const world = { aheadMs };
  const nodeMs = () => clock.monotonicMs() + world.aheadMs;
  const transport = {
    async send(_: unknown, batch: Batch) {
      batches.push(batch);
      clock.advance(ROUND_TRIP_MS / 2);
      if (batch.notAfterMs !== undefined && nodeMs() > batch.notAfterMs) throw new NodeCallError('TOO_LATE', 'late');
      const clockMs = nodeMs();
      clock.advance(ROUND_TRIP_MS / 2);
      const results = batch.operations.map(() => ({ type: 'merge', changed: true }) as const);
      return { node: 'node-a', epoch: 1, epochInForce: 1, syncedEpoch: 1, clockMs, results };
    },
    forget: () => {},
    close: async () => {},
  };
  const client = new NodeClient({
    nodeId: 'node-a',
    address: { host: '127.0.0.1', port: 1 },
    transport,
    clock,
    timeoutMs: TIMEOUT_MS,
    epoch: () => 1,
    metrics: { batchSent: () => {}, batchEnded: () => {} },
  });
  return { clock, batches, world, nodeMs, merge: async () => client.merge('user:a', '[]', undefined) };
}

test.each([-5_000, 0, 1e9])(
  'a batch says, by the clock of a node that is %i ms ahead, until when it is waited for',
  async (ahead) => {
    const { batches, clock, nodeMs, merge } = createWorld(ahead);
    await merge();
    clock.advance(300_000);
    const wantedMs = nodeMs() + TIMEOUT_MS;
    await merge();
    expect(batches[0]).not.toHaveProperty('notAfterMs');
    // Never sooner than it is given up, or a node would turn away what it can still answer.
    expect(batches[1]?.notAfterMs).toBeGreaterThanOrEqual(wantedMs);
    expect(batches[1]?.notAfterMs).toBeLessThanOrEqual(wantedMs + ROUND_TRIP_MS);
  },
);

test('when one of the clocks stood still, what was turned away as late is sent again', async () => {
  const { batches, world, nodeMs, merge } = createWorld(0);
  await merge();
  world.aheadMs += 60_000;
  await merge();
  expect(batches).toHaveLength(3);
  expect(batches[2]).not.toHaveProperty('notAfterMs');
  const wantedMs = nodeMs() + TIMEOUT_MS;
  await merge();
  expect(batches).toHaveLength(4);
  expect(batches[3]?.notAfterMs).toBeGreaterThanOrEqual(wantedMs);
});
