/*
 * Nodes that go out, come back and are drained, on a whole store with fake nodes.
 */
import { placeGroup, placementGroupOf, previousMap, type ClusterMap } from '@trolley/crush';
import { userKey, userOf, type Change } from '@trolley/records';
import { afterEach, expect, test, vi } from 'vitest';
import { createTestStore, type TestStoreOptions } from '../testing/test-store.ts';

const WAIT = { timeout: 10_000 };
const create: Change = { action: { type: 'create-user' } };
const keys = Array.from({ length: 40 }, (_, index) => userKey(`user${index}@example.com`));

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (store) => store.close()));
});

function createRunning(options: TestStoreOptions) {
  const parts = createTestStore(options);
  running.push(parts);
  const map = (): ClusterMap => {
    const current = parts.registry.view.stored?.map;
    if (current === undefined) throw new Error('no map');
    return current;
  };
  /** All nodes have fetched what this map gives them. */
  const fetched = () => {
    for (const node of parts.nodes) node.syncedEpoch = map().epoch;
  };
  return { ...parts, map, fetched };
}

const stateOf = (map: ClusterMap, id: string) => map.nodes.find((node) => node.id === id)?.state;

test('a node that is down for too long goes out, and its data moves; when it is back it comes in and gets it back', async () => {
  const { registry, node, map, fetched, published } = createRunning({ nodes: 4, downOutAfterMs: 200 });
  registry.down(node('d'));
  expect(stateOf(map(), 'd')).toBe('in');
  await vi.waitFor(() => expect(stateOf(map(), 'd')).toBe('out'), WAIT);
  expect(map().previousNodes).toBeDefined();
  await vi.waitFor(() => {
    fetched();
    expect(map().previousNodes).toBeUndefined();
  }, WAIT);
  registry.up(node('d'));
  await vi.waitFor(() => expect(stateOf(map(), 'd')).toBe('in'), WAIT);
  expect(map().previousNodes?.find(({ id }) => id === 'd')?.state).toBe('out');
  expect(published.filter(({ type }) => ['node-out', 'node-in'].includes(type))).toEqual([
    { type: 'node-out', node: 'd' },
    { type: 'node-in', node: 'd' },
  ]);
});

test('nodes are asked which map they know when a gateway begins, and not again when the map changes', async () => {
  const { store, control, nodes, map, fetched, REQUEST } = createRunning({ nodes: 4 });
  const asked = () => nodes.map(({ counts }) => counts['known-map']);
  await vi.waitFor(() => expect(asked()).toEqual([1, 1, 1, 1]), WAIT);
  // Until the answers, too, have come.
  for (const key of keys) await store.read(key, REQUEST);
  await control.drain('d');
  await vi.waitFor(() => {
    fetched();
    expect(map().previousNodes).toBeUndefined();
  }, WAIT);
  expect(asked()).toEqual([1, 1, 1, 1]);
});

test('one of three stays in, however long it is down, and the overview says why', async () => {
  const { registry, node, map, status } = createRunning({ downOutAfterMs: 50 });
  registry.down(node('c'));
  const seen = () => status.overview().nodes.find(({ id }) => id === 'c');
  await vi.waitFor(() => expect(seen()?.keptIn).toContain('too few for 3 replicas'), WAIT);
  expect(seen()).toMatchObject({ state: 'in', up: false });
  expect(map().epoch).toBe(1);
});

test('while a node is drained, a write needs its quorum among the old owners and among the new', async () => {
  const { store, control, node, map, REQUEST } = createRunning({ nodes: 4 });
  expect(await control.drain('d')).toEqual({ type: 'done', epoch: 2, changed: true });
  const previous = previousMap(map());
  if (previous === undefined) throw new Error('nothing moves');
  node('a').behaviour = 'refuses';
  node('d').behaviour = 'refuses';
  for (const key of keys) {
    const pg = placementGroupOf(key, map().pgCount);
    const isPossible = [map(), previous].every(
      (each) => placeGroup(each, pg).filter((id) => id !== 'a' && id !== 'd').length >= 2,
    );
    const write = store.change(key, create, { ...REQUEST, strict: true });
    const outcome = await write.then(
      () => 'written',
      () => 'refused',
    );
    expect(outcome).toBe(isPossible ? 'written' : 'refused');
  }
});

test('what only a drained node and one more hold is read until it has moved', async () => {
  const { store, control, REQUEST } = createRunning({ nodes: 4 });
  for (const key of keys) await store.change(key, create, REQUEST);
  await control.drain('d');
  for (const key of keys) {
    const { record, quorum } = await store.read(key, { ...REQUEST, strict: true });
    expect([userOf(record) !== undefined, quorum.degraded]).toEqual([true, false]);
  }
});

test('a drain ends when the others have the data, and stays when the node registers anew; the cancel lets it in', async () => {
  const { control, registry, node, map, fetched, status, published } = createRunning({ nodes: 4 });
  await control.drain('d');
  const standing = () => status.overview().nodes.find(({ id }) => id === 'd')?.state;
  expect(standing()).toBe('draining');
  await vi.waitFor(() => {
    fetched();
    expect(standing()).toBe('drained');
  }, WAIT);
  registry.down(node('d'));
  registry.up(node('d'));
  expect(standing()).toBe('drained');
  expect(await control.undrain('d')).toMatchObject({ type: 'done', changed: true });
  expect(stateOf(map(), 'd')).toBe('in');
  expect(published.map(({ type }) => type)).toEqual(expect.arrayContaining(['drain-started', 'drained', 'node-in']));
});

test('a change that somebody else forestalls is planned anew on the newer map', async () => {
  const { control, registry, map } = createRunning({ nodes: 5 });
  let others = 0;
  registry.onWrite = () => {
    others += 1;
    if (others > 3) return;
    const { previousNodes: _, ...settled } = map();
    registry.setMap({ ...settled, epoch: settled.epoch + 1 });
  };
  const outcome = await control.drain('d');
  expect(outcome).toEqual({ type: 'done', epoch: 5, changed: true });
  expect(stateOf(map(), 'd')).toBe('out');
});

test('without a registry the map stays as it is, and whoever asks is told so', async () => {
  const { control, registry, map } = createRunning({ nodes: 4 });
  registry.onWrite = () => {
    throw new Error('no connection');
  };
  expect(await control.drain('d')).toMatchObject({ type: 'unavailable' });
  registry.connect(false);
  expect(await control.drain('d')).toMatchObject({ type: 'unavailable', reason: expect.stringContaining('away') });
  expect(map().epoch).toBe(1);
});

test('when the registry is set back to an older map, the newest is put back under an epoch that the nodes take', async () => {
  const { store, control, registry, nodes, map, fetched, REQUEST } = createRunning({ nodes: 4 });
  const old = map();
  await control.drain('d');
  await vi.waitFor(() => {
    fetched();
    expect(map().previousNodes).toBeUndefined();
  }, WAIT);
  const newest = map();
  for (const each of nodes) each.epoch = newest.epoch;
  registry.setMap(old);
  await vi.waitFor(() => expect(map()).toEqual({ ...newest, epoch: newest.epoch + 1 }), WAIT);
  const [key = ''] = keys;
  expect((await store.change(key, create, { ...REQUEST, strict: true })).type).toBe('applied');
});

test('a registry that had been set back before this gateway came is noticed by the nodes that turn it away', async () => {
  const { store, nodes, map, REQUEST } = createRunning({});
  for (const each of nodes) each.epoch = 8;
  await vi.waitFor(() => expect(map().epoch).toBe(9), WAIT);
  const [key = ''] = keys;
  expect((await store.change(key, create, { ...REQUEST, strict: true })).type).toBe('applied');
});

test('after a power cut nobody goes out while the nodes come back one by one; who stays away does later', async () => {
  const { registry, nodes, node, map, status } = createRunning({ nodes: 4, downOutAfterMs: 300 });
  for (const each of nodes) registry.down(each);
  await new Promise((resolve) => setTimeout(resolve, 400));
  for (const id of ['a', 'b', 'c']) {
    registry.up(node(id));
    expect(stateOf(map(), 'd')).toBe('in');
  }
  expect(status.overview().nodes.find(({ id }) => id === 'd')?.keptIn).toContain('it may follow');
  await vi.waitFor(() => expect(stateOf(map(), 'd')).toBe('out'), WAIT);
  expect(map().nodes.filter(({ state }) => state === 'in')).toHaveLength(3);
});
