import { expect, test } from 'vitest';
import { planMap } from './plan-map.ts';

const policy = { replicas: 3, pgCount: 256, expectedNodes: 3, settleMs: 5_000 };
const node = (id: string) => ({ id, host: 'localhost', port: 1, zone: 'z', weight: 1 });
const state = (ids: string[], firstNodeSeenForMs = 0, synced: Record<string, number> = {}) => ({
  up: ids.map(node),
  firstNodeSeenForMs,
  syncedEpochs: new Map(Object.entries(synced)),
  lastMap: undefined,
  newestEpochHeard: 0,
});
const idsOf = (nodes: readonly { id: string }[] | undefined) => nodes?.map(({ id }) => id);

test('the first map waits for the expected nodes', () => {
  expect(planMap(undefined, state([], 60_000), policy)).toBeUndefined();
  expect(planMap(undefined, state(['b', 'a'], 4_999), policy)).toBeUndefined();
  const planned = planMap(undefined, state(['c', 'b', 'a']), policy);
  expect(planned?.map.epoch).toBe(1);
  expect(idsOf(planned?.map.nodes)).toEqual(['a', 'b', 'c']);
});

test('the first map waits for stragglers only so long', () => {
  expect(planMap(undefined, state(['a'], 5_000), policy)?.map.nodes).toHaveLength(1);
});

test('a node that goes stays in the map', () => {
  const first = planMap(undefined, state(['a', 'b', 'c']), policy)?.map;
  expect(planMap(first, state(['a']), policy)).toBeUndefined();
  expect(planMap(first, state([]), policy)).toBeUndefined();
});

test('a node that joins is placed at once, and the previous nodes count until it has its data', () => {
  const first = planMap(undefined, state(['a', 'b', 'c']), policy)?.map;
  const joined = planMap(first, state(['a', 'd']), policy)?.map;
  expect(joined).toMatchObject({ epoch: 2, pgCount: 256 });
  expect(idsOf(joined?.nodes)).toEqual(['a', 'b', 'c', 'd']);
  expect(idsOf(joined?.previousNodes)).toEqual(['a', 'b', 'c']);
  expect(planMap(joined, state(['a', 'b', 'c', 'd']), policy)).toBeUndefined();
  expect(planMap(joined, state(['a', 'b', 'c', 'd'], 0, { d: 1 }), policy)).toBeUndefined();
  const moved = planMap(joined, state(['a', 'b', 'c', 'd'], 0, { d: 2 }), policy)?.map;
  expect(moved?.epoch).toBe(3);
  expect(moved?.previousNodes).toBeUndefined();
});

test('of several joins in a row, the nodes before the first one count along', () => {
  const first = planMap(undefined, state(['a', 'b', 'c']), policy)?.map;
  const once = planMap(first, state(['d']), policy)?.map;
  const twice = planMap(once, state(['e']), policy)?.map;
  expect(idsOf(twice?.nodes)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(idsOf(twice?.previousNodes)).toEqual(['a', 'b', 'c']);
  expect(planMap(twice, state(['d', 'e'], 0, { d: 2, e: 3 }), policy)).toBeUndefined();
  expect(planMap(twice, state(['d', 'e'], 0, { d: 3, e: 3 }), policy)?.map.epoch).toBe(4);
});

test('a first map goes on from the newest epoch that a node has heard of', () => {
  const planned = planMap(undefined, { ...state(['a', 'b', 'c']), newestEpochHeard: 7 }, policy);
  expect(planned?.map.epoch).toBe(8);
});

test('a map that the registry lost is put back as it was, at once, whoever is up', () => {
  const lost = planMap(undefined, state(['a', 'b', 'c']), policy)?.map;
  const planned = planMap(undefined, { ...state(['b']), lastMap: lost, newestEpochHeard: 3 }, policy);
  expect(planned?.map.epoch).toBe(4);
  expect(planned?.map.nodes).toEqual(lost?.nodes);
});
