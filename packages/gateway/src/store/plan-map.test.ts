import { NODES_MAX, parseClusterMap, type ClusterMap } from '@trolley/crush';
import { expect, test } from 'vitest';
import { planDrain, planUndrain } from './drain.ts';
import { planMap } from './plan-map.ts';

const policy = {
  replicas: 3,
  pgCount: 256,
  expectedNodes: 3,
  settleMs: 5_000,
  downOutAfterMs: 60_000,
  minInPercent: 75,
};
const node = (id: string) => ({ id, host: 'localhost', port: 1, zone: 'z', weight: 1 });

interface Known {
  readonly firstNodeSeenForMs?: number;
  readonly synced?: Record<string, number>;
  readonly downForMs?: Record<string, number>;
}

const state = (ids: string[], { firstNodeSeenForMs = 0, synced = {}, downForMs = {} }: Known = {}) => ({
  up: ids.map(node),
  firstNodeSeenForMs,
  syncedEpochs: new Map(Object.entries(synced)),
  downForMs: new Map(Object.entries(downForMs)),
  enoughForMs: Infinity,
  lastMap: undefined,
  newestEpochHeard: 0,
  behindForMs: 0,
});
const idsOf = (nodes: readonly { id: string }[] | undefined) => nodes?.map(({ id }) => id);
const statesOf = (map: ClusterMap | undefined) => map?.nodes.map(({ id, state: standing }) => `${id} ${standing}`);

/** A settled map of these nodes. */
function mapOf(ids: string[]): ClusterMap {
  const planned = planMap(undefined, state(ids, { firstNodeSeenForMs: 5_000 }), policy);
  if (planned === undefined) throw new Error('no map');
  return planned.map;
}

test('the first map waits for the expected nodes', () => {
  expect(planMap(undefined, state([], { firstNodeSeenForMs: 60_000 }), policy)).toBeUndefined();
  expect(planMap(undefined, state(['b', 'a'], { firstNodeSeenForMs: 4_999 }), policy)).toBeUndefined();
  const planned = planMap(undefined, state(['c', 'b', 'a']), policy);
  expect(planned?.map.epoch).toBe(1);
  expect(idsOf(planned?.map.nodes)).toEqual(['a', 'b', 'c']);
});

test('the first map waits for stragglers only so long', () => {
  expect(planMap(undefined, state(['a'], { firstNodeSeenForMs: 5_000 }), policy)?.map.nodes).toHaveLength(1);
});

test('a node that goes stays in the map', () => {
  const first = mapOf(['a', 'b', 'c']);
  expect(planMap(first, state(['a']), policy)).toBeUndefined();
  expect(planMap(first, state([]), policy)).toBeUndefined();
});

test('a node that joins is placed at once, and the previous nodes count until it has its data', () => {
  const joined = planMap(mapOf(['a', 'b', 'c']), state(['a', 'd']), policy)?.map;
  expect(joined).toMatchObject({ epoch: 2, pgCount: 256 });
  expect(idsOf(joined?.nodes)).toEqual(['a', 'b', 'c', 'd']);
  expect(idsOf(joined?.previousNodes)).toEqual(['a', 'b', 'c']);
  expect(planMap(joined, state(['a', 'b', 'c', 'd']), policy)).toBeUndefined();
  expect(planMap(joined, state(['a', 'b', 'c', 'd'], { synced: { d: 1 } }), policy)).toBeUndefined();
  const moved = planMap(joined, state(['a', 'b', 'c', 'd'], { synced: { d: 2 } }), policy)?.map;
  expect(moved?.epoch).toBe(3);
  expect(moved?.previousNodes).toBeUndefined();
});

test('I20: of several joins in a row, the nodes before the first one count along', () => {
  const once = planMap(mapOf(['a', 'b', 'c']), state(['d']), policy)?.map;
  const twice = planMap(once, state(['e']), policy)?.map;
  expect(idsOf(twice?.nodes)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(idsOf(twice?.previousNodes)).toEqual(['a', 'b', 'c']);
  expect(planMap(twice, state(['d', 'e'], { synced: { d: 2, e: 3 } }), policy)).toBeUndefined();
  expect(planMap(twice, state(['d', 'e'], { synced: { d: 3, e: 3 } }), policy)?.map.epoch).toBe(4);
});

test('a node that is down for too long goes out, its data moves, and when it is back it comes in again', () => {
  const settled = mapOf(['a', 'b', 'c', 'd']);
  const up = ['a', 'b', 'c'];
  expect(planMap(settled, state(up, { downForMs: { d: 59_999 } }), policy)).toBeUndefined();
  const away = planMap(settled, state(up, { downForMs: { d: 60_000 } }), policy)?.map;
  expect(statesOf(away)).toEqual(['a in', 'b in', 'c in', 'd out']);
  expect(away?.previousNodes).toEqual(settled.nodes);
  // While its data still moves: nothing has to be fetched, and the nodes before the first change stay the previous.
  const back = planMap(away, state([...up, 'd']), policy)?.map;
  expect(back).toMatchObject({ epoch: 3, nodes: settled.nodes, previousNodes: settled.nodes });
  expect(planMap(back, state([...up, 'd']), policy)?.map).toEqual({ ...settled, epoch: 4 });
});

test('a gaining node that dies for good does not hold up the move for ever', () => {
  const growing = planMap(mapOf(['a', 'b', 'c', 'd']), state(['e']), policy)?.map;
  const up = ['a', 'b', 'c', 'd'];
  const without = planMap(growing, state(up, { downForMs: { e: 60_000 } }), policy)?.map;
  expect(without?.nodes.at(-1)).toMatchObject({ id: 'e', state: 'out' });
  expect(idsOf(without?.previousNodes)).toEqual(up);
  expect(planMap(without, state(up), policy)?.map.previousNodes).toBeUndefined();
});

test('a weight or a zone that a node registers with is taken over, and data moves by it', () => {
  const settled = mapOf(['a', 'b', 'c', 'd']);
  const known = state(['a', 'b', 'c']);
  const changed = { ...known, up: [...known.up, { ...node('d'), weight: 2, zone: 'y' }] };
  const planned = planMap(settled, changed, policy);
  expect(planned?.reason).toBe('d has weight 2, no longer 1; d is in zone y, no longer z');
  expect(planned?.map.nodes.at(-1)).toEqual({ id: 'd', zone: 'y', weight: 2, state: 'in' });
  expect(planned?.map.previousNodes).toEqual(settled.nodes);
  expect(planMap(planned?.map, changed, policy)?.reason ?? '').not.toContain('weight');
});

test('a drained node stays out when it registers again, with a new weight too; undrained it comes in', () => {
  const all = ['a', 'b', 'c', 'd'];
  const settled = mapOf(all);
  const plan = planDrain(settled, new Set(all), 'd');
  if (plan.type !== 'planned') throw new Error(plan.type);
  const drained = plan.planned.map;
  expect(drained.nodes.at(-1)).toEqual({ id: 'd', zone: 'z', weight: 1, state: 'out', drained: true });
  expect(drained.previousNodes).toEqual(settled.nodes);
  expect(planMap(drained, state(all), policy)).toBeUndefined();
  const known = state(['a', 'b', 'c']);
  const heavier = planMap(drained, { ...known, up: [...known.up, { ...node('d'), weight: 2 }] }, policy)?.map;
  expect(heavier?.nodes.at(-1)).toMatchObject({ weight: 2, state: 'out', drained: true });

  const back = planUndrain(drained, new Set(all), 'd');
  expect(back.type === 'planned' && back.planned.map.nodes).toEqual(settled.nodes);
  const whileDown = planUndrain(drained, new Set(['a', 'b', 'c']), 'd');
  expect(whileDown.type === 'planned' && whileDown.planned.map.nodes).toEqual(settled.nodes);
  const { previousNodes: _, ...moved } = drained;
  const later = planUndrain(moved, new Set(['a', 'b', 'c']), 'd');
  expect(later.type === 'planned' && later.planned.map.nodes.at(-1)?.state).toBe('out');
});

test('a first map goes on from the newest epoch that a node has heard of', () => {
  const known = { ...state(['a', 'b', 'c']), newestEpochHeard: 7 };
  // Another gateway may have seen that map, and knows who held what.
  expect(planMap(undefined, { ...known, behindForMs: 4_999 }, policy)).toBeUndefined();
  expect(planMap(undefined, { ...known, behindForMs: 5_000 }, policy)?.map.epoch).toBe(8);
});

test('a map that the registry lost is put back as it was, at once, whoever is up', () => {
  const lost = { ...mapOf(['a', 'b', 'c']), epoch: 3 };
  const planned = planMap(undefined, { ...state(['b']), lastMap: lost, newestEpochHeard: 3 }, policy);
  expect(planned?.map).toEqual({ ...lost, epoch: 4 });
});

test('who has seen only an older map than the nodes know leaves it for a while to others to put theirs back', () => {
  const known = { ...state(['b']), lastMap: mapOf(['a', 'b', 'c']), newestEpochHeard: 3 };
  expect(planMap(undefined, { ...known, behindForMs: 4_999 }, policy)).toBeUndefined();
  expect(planMap(undefined, { ...known, behindForMs: 5_000 }, policy)?.map.epoch).toBe(4);
});

test('a registry that was set back gets the newest map that was seen, under an epoch that the nodes take', () => {
  const old = mapOf(['a', 'b', 'c']);
  const newest = { ...mapOf(['a', 'b', 'c', 'd']), epoch: 6 };
  const known = { ...state(['a', 'b', 'c', 'd']), lastMap: newest, newestEpochHeard: 6 };
  expect(planMap(old, known, policy)?.map).toEqual({ ...newest, epoch: 7 });
  const unseen = { ...known, lastMap: old };
  expect(planMap(old, { ...unseen, behindForMs: 4_999 }, policy)).toBeUndefined();
  expect(planMap(old, { ...unseen, behindForMs: 5_000 }, policy)?.map).toEqual({ ...old, epoch: 7 });
});

test('no more nodes join than a map takes: one with more would be read by nobody', () => {
  const ids = Array.from({ length: NODES_MAX + 2 }, (_, index) => `n${index.toString().padStart(5, '0')}`);
  const first = planMap(undefined, state(ids), policy)?.map;
  expect(parseClusterMap(first).nodes).toHaveLength(NODES_MAX);
  expect(planMap(first, state(ids), policy)).toBeUndefined();
  const almostFull = mapOf(ids.slice(0, NODES_MAX - 1));
  const full = planMap(almostFull, state(ids), policy);
  expect(parseClusterMap(full?.map).nodes).toHaveLength(NODES_MAX);
  expect(full?.reason).toBe(`${ids[NODES_MAX - 1]} joined`);
});

test('while there may have been a newer map, the one that is known is put back only after a while, and it is said so', () => {
  const lost = { ...mapOf(['a', 'b', 'c']), epoch: 3, previousNodes: mapOf(['a', 'b']).nodes };
  const known = { ...state(['a']), lastMap: lost, newestEpochHeard: 3, doubt: 'too few answered' };
  expect(planMap(undefined, { ...known, behindForMs: 4_999 }, policy)).toBeUndefined();
  const planned = planMap(undefined, { ...known, behindForMs: 5_000 }, policy);
  expect(planned).toMatchObject({ map: { ...lost, epoch: 4 }, putBack: { isCertain: false } });
  expect(planned?.reason).toContain('too few answered');
  expect(planMap(undefined, { ...known, doubt: undefined }, policy)).toMatchObject({ putBack: { isCertain: true } });
});

test('nothing is planned on a map while there may have been a newer one, but not for ever', () => {
  const known = { ...state(['a', 'b', 'c', 'd']), doubt: 'too few answered' };
  const settled = mapOf(['a', 'b', 'c']);
  expect(planMap(settled, { ...known, behindForMs: 4_999 }, policy)).toBeUndefined();
  expect(planMap(settled, { ...known, behindForMs: 5_000 }, policy)?.reason).toBe('d joined');
});

test('a first map in the place of one that nobody knows any more is told of as one that may miss what was written', () => {
  const known = { ...state(['a', 'b', 'c']), newestEpochHeard: 7, behindForMs: 5_000 };
  expect(planMap(undefined, known, policy)).toMatchObject({ map: { epoch: 8 }, putBack: { isCertain: false } });
  expect(planMap(undefined, { ...known, newestEpochHeard: 0 }, policy)).not.toHaveProperty('putBack');
});
