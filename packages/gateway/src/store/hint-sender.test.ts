/*
 * Whatever replica misses a write, another that has it is told, and soon; nobody waits for that.
 */
import { place } from '@trolley/crush';
import { userKey } from '@trolley/records';
import { expect, test, vi } from 'vitest';
import { createTestStore } from '../testing/test-store.ts';

const key = userKey('ann@example.com');
const create = { action: { type: 'create-user' } } as const;

function createWorld() {
  const world = createTestStore();
  const map = world.registry.view.stored?.map;
  const owners = map === undefined ? [] : place(map, key).map((id) => world.node(id));
  const [coordinator, other, last] = owners;
  if (coordinator === undefined || other === undefined || last === undefined) throw new Error('too few owners');
  return { ...world, coordinator, other, last };
}

test('a node that is down: its coordinator is told which key it missed', async () => {
  const { store, registry, coordinator, last, REQUEST } = createWorld();
  registry.down(last);
  await store.change(key, create, REQUEST);
  await vi.waitFor(() => expect(coordinator.hints).toEqual([[last.id, [key]]]));
});

test('a node that fails while it is up', async () => {
  const { store, transport, coordinator, other, last, REQUEST } = createWorld();
  transport.onBatch = (node, { operations }) => {
    if (node === last && operations.some(({ type }) => type === 'merge')) node.behaviour = 'loses-answers';
  };
  await store.change(key, create, REQUEST);
  await vi.waitFor(() => expect(coordinator.hints).toEqual([[last.id, [key]]]));
  expect(other.hints).toEqual([]);
});

test('keys that come together go together, each once', async () => {
  const { store, registry, nodes, last, REQUEST } = createWorld();
  registry.down(last);
  const keys = Array.from({ length: 30 }, (_, index) => userKey(`user${index}@example.com`));
  await Promise.all(keys.map(async (one) => store.change(one, create, REQUEST)));
  await vi.waitFor(() => {
    const hints = nodes.flatMap((node) => node.hints);
    expect(hints.every(([node]) => node === last.id)).toBe(true);
    expect(hints.flatMap(([, told]) => told).toSorted()).toEqual(keys.toSorted());
    expect(hints.length).toBeLessThan(10);
  });
});

test('when all have it nobody is told anything', async () => {
  const { store, nodes, REQUEST } = createWorld();
  await store.change(key, create, { ...REQUEST, w: 'all' });
  // Longer than hints are gathered for.
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(nodes.flatMap((node) => node.hints)).toEqual([]);
});

test('a hint that cannot be told costs the write nothing', async () => {
  const { store, registry, coordinator, other, last, transport, REQUEST } = createWorld();
  registry.down(last);
  transport.onBatch = (node, { operations }) => {
    if (operations.some(({ type }) => type === 'hint')) node.behaviour = 'refuses';
  };
  expect((await store.change(key, create, REQUEST)).quorum).toMatchObject({ answered: 2, degraded: false });
  await vi.waitFor(() => expect(coordinator.behaviour).toBe('refuses'));
  expect(other.hints).toEqual([]);
});
