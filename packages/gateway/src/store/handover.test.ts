import { place, type ClusterMap } from '@trolley/crush';
import { userKey, userOf, write, type Change } from '@trolley/records';
import { expect, test } from 'vitest';
import { createTestStore } from '../testing/test-store.ts';

const create: Change = { action: { type: 'create-user' } };
const addApple: Change = { action: { type: 'add-to-cart', lines: [['apple', 1]] } };
const apple = [
  ['exists', 1],
  ['line:apple', 1],
] as const;
const keys = Array.from({ length: 100 }, (_, index) => userKey(`user${index}@example.com`));

/** A key that node e coordinates once it has joined, and who did so before. All that own it then hold it. */
async function createWorld() {
  const parts = createTestStore({ nodes: 5 });
  const { store, registry, node, REQUEST } = parts;
  const grown = registry.view.stored?.map;
  if (grown === undefined) throw new Error('no map');
  const small: ClusterMap = { ...grown, nodes: grown.nodes.filter(({ id }) => id !== 'e') };
  registry.setMap(small);
  const moved: ClusterMap = { ...grown, epoch: 2 };
  const key = keys.find((each) => place(moved, each)[0] === 'e') ?? '';
  await store.change(key, create, { ...REQUEST, w: 'all' });
  const [id = ''] = place(small, key);
  const before = node(id);
  const held = before.records.get(key);
  if (held === undefined) throw new Error('the coordinator has nothing');
  for (const owner of place(moved, key)) node(owner).records.set(key, held);
  registry.setMap(moved);
  return { ...parts, key, before, held };
}

test('I5: after a change of the map, the first change of a key takes in what its coordinator was just given', async () => {
  const { store, key, before, held, REQUEST } = await createWorld();
  // Another gateway, which had not heard of the new map, has had an apple added and not passed it on yet.
  before.records.set(key, write(held, `${before.id}.1`, apple));
  const { record } = await store.change(key, addApple, REQUEST);
  expect(userOf(record)?.cart.get('apple')).toBe(2);
});

test('a coordinator before that does not answer keeps nobody from changing the key', async () => {
  const { store, key, before, REQUEST } = await createWorld();
  before.behaviour = 'hangs';
  const { quorum } = await store.change(key, addApple, { ...REQUEST, w: 'quorum' });
  expect(quorum.degraded).toBe(false);
});
