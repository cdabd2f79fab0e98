import { place, type ClusterMap } from '@trolley/crush';
import { decodeRecord, emptyRecord, userKey, userOf, write, type CausalRecord, type Change } from '@trolley/records';
import { expect, test, vi } from 'vitest';
import { createTestStore, type TestStoreOptions } from '../testing/test-store.ts';

const create: Change = { action: { type: 'create-user' } };
const add: Change = { action: { type: 'add-to-cart', lines: [['apple', 1]] } };
const keys = Array.from({ length: 40 }, (_, index) => userKey(`user${index}@example.com`));

/** The map of a test store whose node d joins nodes a, b and c. */
function joiningMap(map: ClusterMap | undefined): ClusterMap {
  if (map === undefined) throw new Error('no map');
  return { ...map, epoch: map.epoch + 1, previousNodes: map.nodes.filter(({ id }) => id !== 'd') };
}

/** The record after another gateway has put one apple in the cart. */
function withApple(record: CausalRecord): CausalRecord {
  return write(record, 'd.1', [
    ['exists', 1],
    ['line:apple', 1],
  ]);
}

function storeWithoutD(options: TestStoreOptions = {}) {
  const parts = createTestStore({ ...options, nodes: 4 });
  const grown = parts.registry.view.stored?.map;
  const map = joiningMap(grown);
  const { previousNodes, ...rest } = map;
  parts.registry.setMap({ ...rest, nodes: previousNodes ?? [], epoch: 1 });
  return { ...parts, moving: { ...map, epoch: 2 } };
}

test('while data moves, what only the old owners hold is still read', async () => {
  const { store, registry, moving, REQUEST } = storeWithoutD();
  for (const key of keys) await store.change(key, create, REQUEST);
  registry.setMap(moving);
  for (const key of keys) {
    const { record, quorum } = await store.read(key, { ...REQUEST, strict: true });
    expect(userOf(record)).toBeDefined();
    expect(quorum.degraded).toBe(false);
  }
});

test('while data moves, a write needs its quorum among the old owners and among the new', async () => {
  const { store, registry, moving, node, REQUEST } = storeWithoutD();
  registry.setMap(moving);
  // Of the new owners of a moving key, d and one more are gone: the old owners alone are no quorum of the new.
  node('d').behaviour = 'refuses';
  node('a').behaviour = 'refuses';
  const outcomes = await Promise.allSettled(keys.map((key) => store.change(key, create, { ...REQUEST, strict: true })));
  const refused = outcomes.filter(({ status }) => status === 'rejected').length;
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(keys.length);
});

test('the move ends once the node that gains data has it', async () => {
  const { registry, moving, node } = storeWithoutD();
  registry.setMap(moving);
  node('d').syncedEpoch = 2;
  await vi.waitFor(() => expect(registry.view.stored?.map).toMatchObject({ epoch: 3 }), { timeout: 5_000 });
  expect(registry.view.stored?.map.previousNodes).toBeUndefined();
});

test('a gateway with an older map than the nodes fetches the new one and goes on', async () => {
  // The map must come within the nodes' time, on a busy machine too.
  const { store, registry, moving, nodes, REQUEST } = storeWithoutD({ nodeTimeoutMs: 10_000 });
  for (const each of nodes) each.epoch = 2;
  const writes = keys.map((key) => store.change(key, create, { ...REQUEST, strict: true }));
  setTimeout(() => registry.setMap(moving), 30);
  const outcomes = await Promise.all(writes);
  expect(outcomes.every(({ type, quorum }) => type === 'applied' && !quorum.degraded)).toBe(true);
  // What was written is where the new map says, in a quorum of both old and new owners.
  for (const key of keys) {
    const location = await store.where(key, REQUEST);
    const users = location.replicas.filter(({ text }) => text !== undefined && userOf(decodeRecord(text)));
    expect(users.length).toBeGreaterThan(1);
  }
});

test('a gateway that cannot get the newer map changes nothing', async () => {
  const { store, nodes, registry, REQUEST } = storeWithoutD();
  registry.onWrite = () => {
    throw new Error('no connection');
  };
  for (const each of nodes) each.epoch = 2;
  await expect(store.change(keys[0] ?? '', create, REQUEST)).rejects.toMatchObject({ code: 'NO_REPLICA' });
  expect(nodes.every(({ records }) => records.size === 0)).toBe(true);
});

test('I5: a change is not made on what older owners told before the map changed', async () => {
  const { store, registry, transport, moving, nodes, node, REQUEST } = storeWithoutD();
  const { previousNodes: _, ...moved } = { ...moving, epoch: 3 };
  const [key = ''] = keys.filter((each) => place(moved, each)[0] === 'd');
  await store.change(key, create, { ...REQUEST, w: 'all' });
  const before = node('a').records.get(key) ?? node('b').records.get(key);
  let isMoved = false;
  transport.onBatch = (_node, { operations }) => {
    if (isMoved || !operations.some(({ type }) => type === 'change')) return;
    // Before the change arrives the data has moved, and another gateway has added an apple.
    isMoved = true;
    registry.setMap(moved);
    for (const each of nodes) each.epoch = 3;
    if (before !== undefined) for (const id of place(moved, key)) node(id).records.set(key, withApple(before));
  };
  const { record } = await store.change(key, add, REQUEST);
  expect(userOf(record)?.cart.get('apple')).toBe(2);
});

test('a listing says so when nodes do not answer that are on their way out and still hold data', async () => {
  const { store, control, node, REQUEST } = createTestStore({ nodes: 5 });
  for (const key of keys) await store.change(key, create, REQUEST);
  for (const id of ['d', 'e']) await control.drain(id);
  const page = { after: undefined, limit: 100 };
  expect((await store.list('user:', page, { ...REQUEST, strict: true })).entries).toHaveLength(keys.length);
  for (const id of ['d', 'e']) node(id).behaviour = 'refuses';
  expect((await store.list('user:', page, REQUEST)).quorum).toMatchObject({ answered: 3, replicas: 5, degraded: true });
  const strict = store.list('user:', page, { ...REQUEST, strict: true });
  await expect(strict).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
});

test('what a node still holds that is no longer its own is not listed: it may have been deleted long ago', async () => {
  const { store, control, registry, node, nodes, REQUEST } = createTestStore({ nodes: 4 });
  await control.drain('d');
  const drained = registry.view.stored?.map;
  if (drained === undefined) throw new Error('no map');
  const { previousNodes: _, ...settled } = drained;
  registry.setMap({ ...settled, epoch: drained.epoch + 1 });
  const [key = ''] = keys;
  await store.change(key, create, REQUEST);
  expect((await store.list('user:', { after: undefined, limit: 10 }, REQUEST)).entries).toHaveLength(1);
  const record = node('a').records.get(key) ?? emptyRecord;
  for (const each of nodes) each.records.clear();
  node('d').records.set(key, record);
  expect((await store.list('user:', { after: undefined, limit: 10 }, REQUEST)).entries).toEqual([]);
  expect((await store.read(key, REQUEST)).record.fields.size).toBe(0);
});

test('a listing that began before data moved is made again', async () => {
  const { store, registry, transport, moving, nodes, node, REQUEST } = storeWithoutD();
  const { previousNodes: _, ...moved } = { ...moving, epoch: 3 };
  const key = keys.find((each) => place(moved, each).includes('d')) ?? '';
  let isMoved = false;
  transport.onBatch = () => {
    if (isMoved) return;
    isMoved = true;
    registry.down(node('d'));
    registry.setMap(moved);
    registry.up(node('d'));
    for (const each of nodes) each.epoch = 3;
    node('d').records.set(key, withApple(emptyRecord));
  };
  registry.down(node('d'));
  const { entries } = await store.list('user:', { after: undefined, limit: 10 }, { ...REQUEST });
  expect(entries.map((entry) => entry.key)).toEqual([key]);
});

test('a change is not sent on for ever while the map changes all the time', async () => {
  const { store, registry, transport, REQUEST } = createTestStore();
  transport.onBatch = (node, { operations }) => {
    const map = registry.view.stored?.map;
    if (map === undefined || !operations.some(({ type }) => type === 'merge')) return;
    node.behaviour = 'loses-answers';
    registry.setMap({ ...map, epoch: map.epoch + 1 });
  };
  const writing = store.change(keys[0] ?? '', create, REQUEST);
  await expect(writing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
});

test('a change that was made and cannot be spread is not said to be undone', async () => {
  const { store, registry, transport, moving, nodes, REQUEST } = storeWithoutD();
  const [key = ''] = keys;
  // So that no gateway adds the nodes that are up to the map.
  registry.view = { ...registry.view, connected: false };
  transport.onBatch = (_node, { operations }) => {
    if (!operations.some(({ type }) => type === 'merge')) return;
    // By the newest map all owners are nodes that nobody knows yet.
    const strangers = ['x', 'y', 'z'].map((id) => ({ id, zone: id, weight: 1, state: 'in' as const }));
    registry.setMap({ epoch: 3, pgCount: moving.pgCount, replicas: moving.replicas, nodes: strangers });
    for (const each of nodes) each.epoch = 3;
  };
  await expect(store.change(key, create, REQUEST)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
});
