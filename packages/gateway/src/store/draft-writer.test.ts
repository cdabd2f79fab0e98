/*
 * Changes made the short way: drafted by the coordinator, adopted by the others. Whenever something is unusual nothing is
 * made of a draft, and the long way brings the same as ever.
 */
import { NodeCallError } from '@trolley/cluster';
import { applyChange, encodeRecord, userKey, userOf, type Change } from '@trolley/records';
import { describe, expect, test, vi } from 'vitest';
import type { FakeNode } from '../testing/fake-nodes.ts';
import { createTestStore } from '../testing/test-store.ts';

const key = userKey('ann@example.com');
const create: Change = { action: { type: 'create-user' } };
const add = (quantity: number): Change => ({ action: { type: 'add-to-cart', lines: [['apple', quantity]] } });

/** Nodes that draft, in the order in which they are asked: the first coordinates. */
async function createDraftingStore(options: Parameters<typeof createTestStore>[0] = {}) {
  const world = createTestStore(options);
  const { store, nodes, node, REQUEST } = world;
  await store.change(key, create, { ...REQUEST, w: 'all' });
  const { replicas } = await store.where(key, REQUEST);
  for (const each of nodes) each.drafts = true;
  const inOrder = replicas.map((replica) => node(replica.node));
  const [coordinator, second, third] = inOrder;
  if (coordinator === undefined || second === undefined || third === undefined) throw new Error('too few replicas');
  for (const { counts } of nodes)
    Object.assign(counts, Object.fromEntries(Object.keys(counts).map((name) => [name, 0])));
  return { ...world, coordinator, second, third };
}

function applesAt(node: FakeNode): number | undefined {
  const record = node.records.get(key);
  return record === undefined ? undefined : userOf(record)?.cart.get('apple');
}

/** Has a node hold what the others have not seen. */
function writeAt(node: FakeNode, quantity: number): void {
  const record = node.records.get(key);
  if (record === undefined) throw new Error('there is no such user');
  node.records.set(key, applyChange(record, add(quantity), { actor: `${node.id}.elsewhere`, nowMs: 0 }).record);
}

describe('a change that is drafted', () => {
  test('takes a draft, two adoptions and a merge, and reads nothing', async () => {
    const { store, coordinator, second, third, REQUEST } = await createDraftingStore();
    const { type, record, quorum } = await store.change(key, add(2), REQUEST);
    expect(type).toBe('applied');
    expect(userOf(record)?.cart.get('apple')).toBe(2);
    expect(quorum).toMatchObject({ replicas: 3, degraded: false });
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([2, 2, 2]));
    expect(coordinator.counts).toMatchObject({ draft: 1, adopt: 0, merge: 1, change: 0, read: 0 });
    for (const { counts } of [second, third]) {
      expect(counts).toMatchObject({ draft: 0, adopt: 1, merge: 0, change: 0, read: 0 });
    }
  });

  test('is on no replica before another has adopted it', async () => {
    const { store, transport, coordinator, second, third, REQUEST } = await createDraftingStore();
    let held: (number | undefined)[] = [];
    transport.onBatch = (node, { operations }) => {
      if (node === second && operations.some(({ type }) => type === 'adopt')) {
        held = [coordinator, second, third].map(applesAt);
      }
    };
    await store.change(key, add(2), REQUEST);
    expect(held).toEqual([undefined, undefined, undefined]);
  });

  test('I5: concurrent ones are built upon each other', async () => {
    const { store, coordinator, second, third, REQUEST } = await createDraftingStore();
    await Promise.all([1, 2, 3, 4].map((quantity) => store.change(key, add(quantity), REQUEST)));
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([10, 10, 10]));
    expect(coordinator.counts.change).toBe(0);
  });

  test.each([
    ['r', { r: 'quorum' as const }],
    ['w', { w: 'all' as const }],
  ])('is made the long way where the request says %s', async (_, level) => {
    const { store, coordinator, REQUEST } = await createDraftingStore();
    await store.change(key, add(1), { ...REQUEST, ...level });
    expect(coordinator.counts).toMatchObject({ draft: 0, change: 1 });
  });

  test('is made the long way with more replicas than three', async () => {
    const { store, nodes, REQUEST } = await createDraftingStore({ nodes: 4, replicas: 4 });
    await store.change(key, add(1), REQUEST);
    expect(nodes.reduce((sum, { counts }) => sum + counts.draft, 0)).toBe(0);
    expect(nodes.reduce((sum, { counts }) => sum + counts.change, 0)).toBe(1);
  });

  test('is made the long way where a replica is down', async () => {
    const { store, registry, third, coordinator, REQUEST } = await createDraftingStore();
    registry.down(third);
    await store.change(key, add(1), REQUEST);
    expect(coordinator.counts).toMatchObject({ draft: 0, change: 1 });
  });

  test('is refused by the long way, which knows what a quorum knows', async () => {
    const { store, nodes, REQUEST } = await createDraftingStore();
    await expect(store.change(userKey('nobody@example.com'), add(1), REQUEST)).resolves.toMatchObject({
      type: 'refused',
    });
    const sum = (name: 'draft' | 'read' | 'change') => nodes.reduce((total, { counts }) => total + counts[name], 0);
    expect([sum('draft'), sum('read'), sum('change')]).toEqual([1, 2, 1]);
  });
});

describe('a draft that a replica has seen more than', () => {
  test('I5: comes to nothing where both have, and the change is made on what they know', async () => {
    const { store, coordinator, second, third, REQUEST } = await createDraftingStore();
    writeAt(second, 5);
    third.records.set(key, second.records.get(key)!);
    const { record } = await store.change(key, add(2), REQUEST);
    expect(userOf(record)?.cart.get('apple')).toBe(7);
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([7, 7, 7]));
    expect(coordinator.counts).toMatchObject({ draft: 1, withdraw: 1, change: 1 });
  });

  test('I7: does not bring back a user whom the coordinator missed the deletion of', async () => {
    const { store, coordinator, second, third, REQUEST } = await createDraftingStore();
    const before = coordinator.records.get(key)!;
    await store.change(key, { action: { type: 'delete-user' } }, { ...REQUEST, w: 'all' });
    coordinator.records.set(key, before);
    await expect(store.change(key, add(1), REQUEST)).resolves.toMatchObject({ type: 'refused' });
    for (const { records } of [coordinator, second, third]) expect(userOf(records.get(key)!)).toBeUndefined();
  });

  test('spreads to it all the same once another has adopted it, as writes that were made apart do', async () => {
    const { store, coordinator, second, third, REQUEST } = await createDraftingStore();
    writeAt(second, 5);
    await store.change(key, add(2), REQUEST);
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([2, 5, 2]));
    expect(encodeRecord(coordinator.records.get(key)!)).toBe(encodeRecord(third.records.get(key)!));
    expect(second.counts).toMatchObject({ adopt: 1, merge: 1 });
    expect(coordinator.counts.withdraw).toBe(0);
  });
});

describe('a draft that cannot be offered', () => {
  test('to one replica is adopted by the other, and the first is told later', async () => {
    const { store, transport, coordinator, second, third, REQUEST } = await createDraftingStore();
    transport.onBatch = (node, { operations }) => {
      if (node === second && operations.some(({ type }) => type === 'adopt')) {
        throw new NodeCallError('UNREACHABLE', 'connection refused');
      }
    };
    const { quorum } = await store.change(key, add(1), REQUEST);
    expect(quorum).toEqual({ answered: 2, replicas: 3, degraded: false });
    expect([coordinator, second, third].map(applesAt)).toEqual([1, undefined, 1]);
    await vi.waitFor(() => expect([...coordinator.hints, ...third.hints]).toContainEqual([second.id, [key]]));
  });

  test('I12: to any is withdrawn, and the change is made by the coordinator alone', async () => {
    const { store, transport, coordinator, REQUEST } = await createDraftingStore();
    transport.onBatch = (node) => {
      if (node !== coordinator) throw new NodeCallError('UNREACHABLE', 'connection refused');
    };
    const { quorum } = await store.change(key, add(1), REQUEST);
    expect(quorum).toEqual({ answered: 1, replicas: 3, degraded: true });
    expect(applesAt(coordinator)).toBe(1);
    expect(coordinator.counts).toMatchObject({ draft: 1, withdraw: 1, change: 1 });
  });

  test('because the map changed meanwhile comes to nothing, and the change is made once', async () => {
    const { store, transport, registry, coordinator, second, third, REQUEST } = await createDraftingStore();
    const { map } = registry.view.stored!;
    transport.onBatch = (node, { operations }) => {
      if (node === coordinator && operations.some(({ type }) => type === 'draft')) {
        registry.setMap({ ...map, epoch: map.epoch + 1 });
      }
    };
    const { record } = await store.change(key, add(2), REQUEST);
    expect(userOf(record)?.cart.get('apple')).toBe(2);
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([2, 2, 2]));
    expect([second.counts.adopt, third.counts.adopt]).toEqual([0, 0]);
  });

  test('and that another contains is left alone until the fate of that one is known', async () => {
    const { store, transport, coordinator, second, third, REQUEST } = await createDraftingStore();
    let draft: string | undefined;
    let looks = 0;
    transport.onBatch = (node, { operations }) => {
      for (const operation of operations) {
        if (operation.type === 'adopt') draft = operation.record;
        if (operation.type === 'withdraw') looks += 1;
      }
      if (node !== coordinator && draft !== undefined && looks < 3) {
        if (coordinator.counts.draft === 1) coordinator.perform({ type: 'draft', key, id: 'other-1', change: add(4) });
        throw new NodeCallError('UNREACHABLE', 'connection refused');
      }
    };
    const adding = store.change(key, add(2), REQUEST);
    await vi.waitFor(() => expect(looks).toBeGreaterThan(0));
    const other = coordinator.perform({ type: 'draft', key, id: 'other-2', change: add(8) });
    if (other.type !== 'draft' || other.record === null) throw new Error('there is no draft');
    coordinator.perform({ type: 'merge', key, record: other.record });
    const { record } = await adding;
    expect(userOf(record)?.cart.get('apple')).toBe(2);
    expect(applesAt(coordinator)).toBe(14);
    await vi.waitFor(() => expect([second, third].map(applesAt)).toEqual([2, 2]));
    expect(coordinator.counts.change).toBe(0);
  });

  test('since its text was lost is withdrawn, and made once', async () => {
    const { store, transport, coordinator, second, third, REQUEST } = await createDraftingStore();
    transport.onBatch = (node, { operations }) => {
      const isDraft = operations.some(({ type }) => type === 'draft');
      node.behaviour = isDraft ? 'loses-answers' : 'sound';
    };
    await store.change(key, add(2), REQUEST);
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([2, 2, 2]));
    expect(coordinator.counts).toMatchObject({ draft: 1, withdraw: 1 });
  });

  test('since its text was lost, and that another was built upon, counts once', async () => {
    const { store, transport, coordinator, second, third, REQUEST } = await createDraftingStore();
    transport.onBatch = (node, { operations }) => {
      node.behaviour = operations.some(({ type }) => type === 'draft') ? 'loses-answers' : 'sound';
      if (!operations.some(({ type }) => type === 'withdraw') || coordinator.counts.withdraw > 0) return;
      const other = coordinator.perform({ type: 'draft', key, id: 'other', change: add(8) });
      if (other.type !== 'draft' || other.record === null) throw new Error('there is no draft');
      coordinator.perform({ type: 'merge', key, record: other.record });
    };
    const { record } = await store.change(key, add(2), REQUEST);
    expect(userOf(record)?.cart.get('apple')).toBe(10);
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([10, 10, 10]));
    expect(coordinator.counts.change).toBe(0);
  });

  test('and whose adopters did not answer counts once', async () => {
    const { store, transport, coordinator, second, third, REQUEST } = await createDraftingStore();
    transport.onBatch = (node, { operations }) => {
      node.behaviour = operations.some(({ type }) => type === 'adopt') ? 'loses-answers' : 'sound';
      node.drafts = true;
    };
    const { type, record } = await store.change(key, add(2), REQUEST);
    expect(type).toBe('applied');
    expect(userOf(record)?.cart.get('apple')).toBe(2);
    await vi.waitFor(() => expect([coordinator, second, third].map(applesAt)).toEqual([2, 2, 2]));
  });

  test('is of unknown outcome, and not refused, when no answer comes to the offer', async () => {
    const { store, transport, coordinator, REQUEST } = await createDraftingStore({ nodeTimeoutMs: 50 });
    transport.onBatch = (node, { operations }) => {
      if (node !== coordinator && operations.some(({ type }) => type !== 'status')) node.behaviour = 'hangs';
    };
    await expect(store.change(key, add(1), { ...REQUEST, strict: true })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });
});
