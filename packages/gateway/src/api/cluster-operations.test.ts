import { emptyRecord, encodeRecord, merge, write, type CausalRecord } from '@trolley/records';
import { describe, expect, it } from 'vitest';
import type { ReplicaState } from '../store.ts';
import { createTestApi } from '../testing/test-api.ts';

function replica(node: string, record: CausalRecord | undefined, stale: boolean | undefined): ReplicaState {
  const error = record === undefined ? 'no answer' : undefined;
  const text = record === undefined ? undefined : encodeRecord(record);
  return { node, zone: `zone-${node}`, up: text !== undefined, text, stale, error };
}

/** A replica of a register. */
function held(text: string, stale: boolean): ReplicaState {
  return { ...replica('a', emptyRecord, stale), text };
}

describe('the cluster', () => {
  it('is shown as it is known, with whether a launcher is there', async () => {
    const { get } = createTestApi();
    expect(await (await get('/cluster')).json()).toMatchObject({
      epoch: 3,
      registry: { connected: true },
      nodes: [{ id: 'node-1', state: 'in', up: true }],
      launcher: false,
    });
  });

  it('lists the placement groups only when it is asked to', async () => {
    const group = { pg: 0, nodes: ['node-1'], state: 'moving', previousNodes: ['node-2'], percent: 40 } as const;
    const { get } = createTestApi({ groups: [group] });
    expect(await (await get('/cluster?groups=true')).json()).toMatchObject({ groups: [group] });
    for (const path of ['/cluster', '/cluster?groups=false']) {
      const overview = await (await get(path)).json();
      expect(overview).toMatchObject({ groupCounts: { active: 256 } });
      expect(overview).not.toHaveProperty('groups');
    }
    expect((await get('/cluster?groups=yes')).status).toBe(400);
  });
});

describe('where a key is', () => {
  it('shows each replica, the siblings, and which is asked first', async () => {
    const { get, store } = createTestApi();
    const two = write(emptyRecord, 'b', [['quantity', 2]]);
    const three = write(emptyRecord, 'c', [['quantity', 3]]);
    const replicas = [
      replica('a', undefined, undefined),
      replica('b', two, true),
      replica('c', merge(two, three), false),
    ];
    store.location = { replicas };
    const response = await get('/cluster/where?key=product: Orange');
    expect(await response.json()).toEqual({
      key: 'product:orange',
      placementGroup: 7,
      epoch: 3,
      merged: { version: 2, value: { quantity: 2 }, deleted: false },
      replicas: [
        {
          node: 'a',
          zone: 'zone-a',
          up: false,
          coordinator: false,
          stale: null,
          error: 'no answer',
          version: null,
          context: null,
          value: null,
          siblings: {},
        },
        {
          node: 'b',
          zone: 'zone-b',
          up: true,
          coordinator: true,
          stale: true,
          error: null,
          version: 1,
          context: { b: 1 },
          value: { quantity: 2 },
          siblings: {},
        },
        {
          node: 'c',
          zone: 'zone-c',
          up: true,
          coordinator: false,
          stale: false,
          error: null,
          version: 2,
          context: { b: 1, c: 1 },
          value: { quantity: 2 },
          siblings: {
            quantity: [
              { dot: ['b', 1], quantity: 2 },
              { dot: ['c', 1], quantity: 3 },
            ],
          },
        },
      ],
    });
  });

  it('tells a key that nobody wrote from one that was deleted', async () => {
    const { get, store, seed, remove } = createTestApi();
    const where = async (key: string) => (await get(`/cluster/where?key=${key}`)).json();
    expect(await where('product:apple')).toMatchObject({ merged: { version: 0, value: null, deleted: false } });
    await seed();
    await remove('/user?email=ann@example.com');
    const record = store.records.get('user:ann@example.com');
    store.location = { replicas: [replica('a', record, false)] };
    expect(await where('user:Ann@example.com')).toMatchObject({ merged: { version: 2, value: null, deleted: true } });
  });

  it('shows a cart', async () => {
    const { get, post, store, seed } = createTestApi();
    await seed();
    await post('/addtocart', { email: 'ann@example.com', products: { apple: 2 } });
    store.location = { replicas: [replica('a', store.records.get('user:ann@example.com'), false)] };
    const response = await get('/cluster/where?key=user:ann@example.com');
    expect(await response.json()).toMatchObject({ replicas: [{ value: { cart: { apple: 2 } } }] });
  });

  it('shows of a register the ballot’s counter as the version, the value, and who only heard of it', async () => {
    const { get, store } = createTestApi();
    store.location = {
      replicas: [
        held(String.raw`["r",[7,"g.1"],[8,"g.1"],"[{\"kind\":\"book\"},[]]"]`, false),
        held(String.raw`["h",[7,"g.1"],[9,"g.2"],"[{\"kind\":\"book\"},[]]"]`, false),
        held('["r",[0,""],[9,"g.2"],null]', true),
        held('["r",[5,"g.1"],[5,"g.1"],"[null,[]]"]', true),
      ],
    };
    const value = { register: { kind: 'book' } };
    expect(await (await get('/cluster/where?key=item:Hamlet')).json()).toMatchObject({
      key: 'item:hamlet',
      merged: { version: 7, value, deleted: false },
      replicas: [
        { version: 7, context: { 'g.1': 7 }, value, ballots: { accepted: '7 g.1', promised: '8 g.1', vote: true } },
        { version: 7, value, ballots: { promised: '9 g.2', vote: false } },
        { version: 0, context: {}, value: null, ballots: { accepted: null, promised: '9 g.2', vote: true } },
        { version: 5, value: null },
      ],
    });
  });

  it('shows a register that was released as deleted, and a list by its entries', async () => {
    const { get, store } = createTestApi();
    store.location = { replicas: [{ ...replica('a', emptyRecord, false), text: '["r",[5,"g.1"],[5,"g.1"],null]' }] };
    const released = await get('/cluster/where?key=bundle:b1');
    expect(await released.json()).toMatchObject({ merged: { version: 5, value: null, deleted: true } });
    store.location = { replicas: [replica('a', write(emptyRecord, 'a.1', [['order:o1', 17]]), false)] };
    const listed = await get('/cluster/where?key=person:ann@example.com');
    expect(await listed.json()).toMatchObject({ merged: { value: { entries: { 'order:o1': 17 } } } });
  });
});
