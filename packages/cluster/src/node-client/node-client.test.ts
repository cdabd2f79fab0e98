import { describe, expect, it, test } from 'vitest';
import type { Batch, NodeResult } from '../node-protocol.ts';
import { systemClock } from '../system-clock.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { NodeClient } from './node-client.ts';
import { NodeCallError, type NodeCallErrorCode } from './node-transport.ts';

const PROPOSAL = { ballot: [5, 'p'], value: 'v', next: [6, 'p'] } as const;
const UNDER = { madeUnder: 1 };
const TIMEOUT_MS = 1_000;
/** A call to the node and back takes so long. */
const ROUND_TRIP_MS = 20;

/** A client of a node that gives these answers, and whose calls fail as often as `breaks` says. */
function createClient(...answers: readonly NodeResult[]) {
  const world = { epoch: 1, breaks: 0, breaksWith: 'CONNECTION_LOST' as NodeCallErrorCode, sent: [] as Batch[] };
  const client = new NodeClient({
    nodeId: 'a',
    address: { host: 'localhost', port: 1 },
    transport: {
      async send(_address, batch) {
        world.sent.push(batch);
        world.breaks -= 1;
        if (world.breaks >= 0) throw new NodeCallError(world.breaksWith, 'the call failed');
        return {
          node: 'a',
          epoch: 1,
          epochInForce: 1,
          syncedEpoch: 1,
          results: answers.slice(0, batch.operations.length),
        };
      },
      forget: () => {},
      close: async () => {},
    },
    clock: systemClock,
    timeoutMs: 1_000,
    epoch: () => world.epoch,
    metrics: { batchSent: () => {}, batchEnded: () => {} },
  });
  return { client, world };
}

describe('a call about a register', () => {
  it('travels as the protocol says, and brings the answer back', async () => {
    const { client, world } = createClient({ type: 'promised', accepted: [3, 'q'], value: 'w' }, { type: 'accepted' });
    const answers = [
      client.prepare('item:a', [5, 'p'], UNDER, 'request'),
      client.accept('item:a', PROPOSAL, UNDER, 'request'),
    ];
    expect(await Promise.all(answers)).toEqual([
      { type: 'promised', accepted: [3, 'q'], value: 'w' },
      { type: 'accepted' },
    ]);
    expect(world.sent.map(({ operations }) => operations)).toEqual([
      [
        { type: 'prepare', key: 'item:a', ballot: [5, 'p'], requestId: 'request' },
        { type: 'accept', key: 'item:a', ...PROPOSAL, requestId: 'request' },
      ],
    ]);
  });

  it('brings back that the node declines, whichever way', async () => {
    for (const declined of [{ type: 'outbid', ballot: [9, 'q'] }, { type: 'no-vote' }] as const) {
      const { client } = createClient(declined);
      expect(await client.prepare('item:a', [5, 'p'], UNDER, undefined)).toEqual(declined);
      expect(await client.accept('item:a', PROPOSAL, UNDER, undefined)).toEqual(declined);
    }
  });

  it('is not sent under another map than it was made under: the owners may be others', async () => {
    const { client, world } = createClient({ type: 'accepted' });
    world.epoch = 2;
    await expect(client.prepare('item:a', [5, 'p'], UNDER, undefined)).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    await expect(client.accept('item:a', PROPOSAL, UNDER, undefined)).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    expect(world.sent).toEqual([]);
  });

  it('is sent again when a connection breaks that was kept from before, unless it is an accept', async () => {
    const promised = { type: 'promised', accepted: null, value: null } as const;
    const { client, world } = createClient(promised);
    world.breaks = 1;
    expect(await client.prepare('item:a', [5, 'p'], UNDER, undefined)).toEqual(promised);
    expect(world.sent).toHaveLength(2);
    // The value may be on the disk: an answer to a second call would tell nothing of the first.
    world.breaks = 1;
    const accept = client.accept('item:a', PROPOSAL, UNDER, undefined);
    await expect(accept).rejects.toMatchObject({ code: 'CONNECTION_LOST', maybeDone: true });
    expect(world.sent).toHaveLength(3);
  });

  it('is not sent again when it was turned away as late: others may vote by now who had promised to it', async () => {
    const { client, world } = createClient({ type: 'accepted' });
    world.breaksWith = 'TOO_LATE';
    world.breaks = 1;
    const accept = client.accept('item:a', PROPOSAL, UNDER, undefined);
    await expect(accept).rejects.toMatchObject({ code: 'TOO_LATE', maybeDone: false });
    world.breaks = 1;
    await expect(client.prepare('item:a', [5, 'p'], UNDER, undefined)).rejects.toMatchObject({ code: 'TOO_LATE' });
    expect(world.sent).toHaveLength(2);
  });

  it('fails when the answer is one to something else', async () => {
    const { client } = createClient({ type: 'merge', changed: true });
    await expect(client.prepare('item:a', [5, 'p'], UNDER, undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
    const other = createClient({ type: 'promised', accepted: null, value: null });
    await expect(other.client.accept('item:a', PROPOSAL, UNDER, undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

it('a change is not sent again: it may have been made', async () => {
  const { client, world } = createClient();
  world.breaks = 1;
  const change = { action: { type: 'create-user' } } as const;
  const call = client.change('user:a', change, { base: undefined, ...UNDER }, undefined);
  await expect(call).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  expect(world.sent).toHaveLength(1);
});

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
  return { client, clock, batches, world, nodeMs, merge: async () => client.merge('user:a', '[]', undefined) };
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

test.each([-5_000, 0, 1e9])(
  'an offer to a node that is %i ms ahead ends in time by its clock, and is not made before that is known',
  async (ahead) => {
    const { client, batches, clock, nodeMs, merge } = createWorld(ahead);
    const offer = { withinMs: 400, madeUnder: 1 };
    expect(await client.adopt('user:a', '[]', offer, undefined)).toBe(false);
    expect(batches).toEqual([]);
    await merge();
    clock.advance(300_000);
    const endMs = nodeMs() + offer.withinMs;
    // The node of this test answers as to a merge.
    await expect(client.adopt('user:a', '[]', offer, undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
    const [operation] = batches[1]?.operations ?? [];
    const notAfterMs = operation?.type === 'adopt' ? operation.notAfterMs : undefined;
    // Never later: the coordinator may have drafted another by then.
    expect(notAfterMs).toBeLessThanOrEqual(endMs);
    expect(notAfterMs).toBeGreaterThanOrEqual(endMs - ROUND_TRIP_MS);
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
