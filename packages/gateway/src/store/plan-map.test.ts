import { expect, test } from 'vitest';
import { planMap } from './plan-map.ts';

const policy = { replicas: 3, pgCount: 256, expectedNodes: 3, settleMs: 5_000 };
const node = (id: string) => ({ id, host: 'localhost', port: 1, zone: 'z', weight: 1 });

test('the first map waits for the expected nodes', () => {
  expect(planMap(undefined, [], 60_000, policy)).toBeUndefined();
  expect(planMap(undefined, [node('b'), node('a')], 4_999, policy)).toBeUndefined();
  const planned = planMap(undefined, [node('c'), node('b'), node('a')], 0, policy);
  expect(planned?.map.epoch).toBe(1);
  expect(planned?.map.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('the first map waits for stragglers only so long', () => {
  expect(planMap(undefined, [node('a')], 5_000, policy)?.map.nodes).toHaveLength(1);
});

test('a node that goes stays in the map, one that comes is added', () => {
  const first = planMap(undefined, [node('a'), node('b'), node('c')], 0, policy)?.map;
  expect(planMap(first, [node('a')], 0, policy)).toBeUndefined();
  expect(planMap(first, [], 0, policy)).toBeUndefined();
  const grown = planMap(first, [node('a'), node('d')], 0, policy);
  expect(grown?.map).toMatchObject({ epoch: 2, pgCount: 256 });
  expect(grown?.map.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});
