import { describe, expect, it } from 'vitest';
import type { Batch, NodeResult } from '../node-protocol.ts';
import { systemClock } from '../system-clock.ts';
import { NodeClient } from './node-client.ts';
import { NodeCallError } from './node-transport.ts';

const PROPOSAL = { ballot: [5, 'p'], value: 'v', next: [6, 'p'] } as const;
const UNDER = { madeUnder: 1 };

/** A client of a node that gives these answers, and whose connection breaks as often as `breaks` says. */
function createClient(...answers: readonly NodeResult[]) {
  const world = { epoch: 1, breaks: 0, sent: [] as Batch[] };
  const client = new NodeClient({
    nodeId: 'a',
    address: { host: 'localhost', port: 1 },
    transport: {
      async send(_address, batch) {
        world.sent.push(batch);
        world.breaks -= 1;
        if (world.breaks >= 0) throw new NodeCallError('CONNECTION_LOST', 'the connection broke');
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
