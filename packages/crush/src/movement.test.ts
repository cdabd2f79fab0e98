import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterMap, MapNode } from './cluster-map.ts';
import { placeGroup } from './place.ts';
import { anyMap, anyWeight, groupsOf, nodesIn } from './testing/arbitrary-map.ts';

/** The nodes that hold a group in one map and not in the other, both ways. */
function movedNodes(before: ClusterMap, after: ClusterMap, pg: number): { lost: string[]; gained: string[] } {
  const old = placeGroup(before, pg);
  const fresh = placeGroup(after, pg);
  return { lost: old.filter((id) => !fresh.includes(id)), gained: fresh.filter((id) => !old.includes(id)) };
}

/** A map and one of its nodes, which is made `in`. */
const mapAndNode = anyMap.chain((map) =>
  fc.nat(map.nodes.length - 1).map((index) => {
    const nodes = map.nodes.map((node, at): MapNode => (at === index ? { ...node, state: 'in' } : node));
    return { map: { ...map, nodes }, nodes, index, id: nodes[index]?.id ?? '' };
  }),
);

test('I16: a node that is added or removed moves data only to or from itself, one replica of a group at most', () => {
  fc.assert(
    fc.property(mapAndNode, ({ map, nodes, id }) => {
      const without = { ...map, nodes: nodes.filter((node) => node.id !== id) };
      for (const pg of groupsOf(map)) {
        const { lost, gained } = movedNodes(without, map, pg);
        expect([[], [id]]).toContainEqual(gained);
        expect(lost.length).toBeLessThanOrEqual(gained.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('a node whose weight changes moves data only to itself when it grows, only from itself when it shrinks', () => {
  fc.assert(
    fc.property(mapAndNode, anyWeight, ({ map, nodes, index, id }, weight) => {
      const reweighted = { ...map, nodes: nodes.map((node, at) => (at === index ? { ...node, weight } : node)) };
      const grows = weight >= (nodes[index]?.weight ?? 0);
      for (const pg of groupsOf(map)) {
        const { lost, gained } = grows ? movedNodes(map, reweighted, pg) : movedNodes(reweighted, map, pg);
        expect([[], [id]]).toContainEqual(gained);
        expect(lost).toHaveLength(gained.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('a node that goes out and comes back in leaves every group as it was', () => {
  fc.assert(
    fc.property(mapAndNode, ({ map, nodes, index }) => {
      const away = {
        ...map,
        nodes: nodes.map((node, at): MapNode => (at === index ? { ...node, state: 'out' } : node)),
      };
      const back = {
        ...map,
        nodes: away.nodes.map((node, at) => (at === index ? { ...node, state: 'in' as const } : node)),
      };
      for (const pg of groupsOf(map)) expect(placeGroup(back, pg)).toEqual(placeGroup(map, pg));
    }),
  );
});

test('a 13th host of 3 nodes beside 12 takes over its share and nothing else moves', () => {
  const hosts = Array.from({ length: 13 }, (_, index) => `host-${index}`);
  const after: ClusterMap = { epoch: 2, pgCount: 8192, replicas: 3, nodes: nodesIn(hosts, 3) };
  const before = { ...after, epoch: 1, nodes: nodesIn(hosts.slice(0, 12), 3) };
  const gained = groupsOf(after).flatMap((pg) => movedNodes(before, after, pg).gained);
  expect(gained.filter((id) => !id.startsWith('host-12-'))).toEqual([]);
  const idealShare = (after.pgCount * after.replicas) / 13;
  expect(gained.length / idealShare).toBeGreaterThan(0.95);
  expect(gained.length / idealShare).toBeLessThan(1.05);
});
