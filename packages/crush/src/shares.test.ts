import { expect, test } from 'vitest';
import type { ClusterMap, MapNode } from './cluster-map.ts';
import { placeGroup } from './place.ts';
import { groupsOf, nodesIn } from './testing/arbitrary-map.ts';

// The inputs are fixed, so these tests cannot fail by chance. The bounds are those of a random draw.
const PG_COUNT = 20_000;
const STANDARD_DEVIATIONS = 4;

function mapOf(replicas: number, nodes: readonly MapNode[]): ClusterMap {
  return { epoch: 1, pgCount: PG_COUNT, replicas, nodes };
}

/** In how many groups each node stands at one of the first `places` of the list. */
function countGroups(map: ClusterMap, places: number): Map<string, number> {
  const counts = new Map(map.nodes.map((node) => [node.id, 0]));
  for (const pg of groupsOf(map)) {
    for (const id of placeGroup(map, pg).slice(0, places)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function totalWeight(nodes: readonly MapNode[]): number {
  return nodes.reduce((sum, node) => sum + node.weight, 0);
}

/** The exact chance that a node is among `count`: zones are drawn by weight without return, then a node in each. */
function chanceOf(node: MapNode, nodes: readonly MapNode[], count: number): number {
  if (count === 0) return 0;
  const total = totalWeight(nodes);
  return [...new Set(nodes.map(({ zone }) => zone))].reduce((chance, zone) => {
    const inZone = nodes.filter((each) => each.zone === zone);
    const others = nodes.filter((each) => each.zone !== zone);
    const then = zone === node.zone ? node.weight / totalWeight(inZone) : chanceOf(node, others, count - 1);
    return chance + (totalWeight(inZone) / total) * then;
  }, 0);
}

/** The nodes whose count is further from the expected one than chance would have it; none, when all is well. */
function nodesOffTheirShare(map: ClusterMap, places: number): string[] {
  const counts = countGroups(map, places);
  const off = map.nodes.filter((node) => {
    const chance = chanceOf(node, map.nodes, places);
    const deviation = Math.sqrt(PG_COUNT * chance * (1 - chance));
    return Math.abs((counts.get(node.id) ?? 0) - PG_COUNT * chance) > STANDARD_DEVIATIONS * deviation + 1;
  });
  return off.map((node) => `${node.id} in ${counts.get(node.id)} groups of ${PG_COUNT}`);
}

const unequal: MapNode[] = [
  { id: 'north-1', zone: 'north', weight: 1, state: 'in' },
  { id: 'north-2', zone: 'north', weight: 3, state: 'in' },
  { id: 'east-1', zone: 'east', weight: 0.5, state: 'in' },
  { id: 'east-2', zone: 'east', weight: 2.25, state: 'in' },
  { id: 'south-1', zone: 'south', weight: 1.5, state: 'in' },
  { id: 'west-1', zone: 'west', weight: 4, state: 'in' },
  { id: 'west-2', zone: 'west', weight: 0.1, state: 'in' },
];

test('the share of first places is in proportion to the weight', () => {
  const map = mapOf(1, unequal);
  const counts = countGroups(map, 1);
  const chiSquare = unequal.reduce((sum, node) => {
    const expected = (PG_COUNT * node.weight) / totalWeight(unequal);
    return sum + ((counts.get(node.id) ?? 0) - expected) ** 2 / expected;
  }, 0);
  // 6 degrees of freedom: 22.5 is exceeded once in a thousand draws.
  expect(chiSquare).toBeLessThan(22.5);
});

test.each([1, 2, 3, 4])('with %d replicas every node has the share that drawing without return gives', (replicas) => {
  expect(nodesOffTheirShare(mapOf(replicas, unequal), replicas)).toEqual([]);
});

test('nodes of equal weight in zones of equal size share alike', () => {
  expect(nodesOffTheirShare(mapOf(3, nodesIn(['a', 'b', 'c', 'd', 'e', 'f'], 3)), 3)).toEqual([]);
});

test('weights a thousand times apart keep their proportion', () => {
  const light: MapNode = { id: 'light', zone: 'a', weight: 0.001, state: 'in' };
  // 0.001 is not a step of the fixed point; 66/65536 is what it is rounded to.
  const nodes = [...nodesIn(['b'], 1), { ...light, weight: 66 / 65_536 }];
  expect(nodesOffTheirShare(mapOf(1, nodes), 1)).toEqual([]);
  expect(countGroups(mapOf(1, [...nodesIn(['b'], 1), light]), 1)).toEqual(countGroups(mapOf(1, nodes), 1));
});

test('ids that differ in one character draw independently', () => {
  // Were the draws of the two alike, the third node, which looks unlike them, would get more than a third.
  const nodes = [...nodesIn(['a'], 2), ...nodesIn(['unlike in every way'], 1)];
  expect(nodesOffTheirShare(mapOf(1, nodes), 1)).toEqual([]);
});
