import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterMap, MapNode } from './cluster-map.ts';
import { hash32 } from './hash.ts';
import { place, placeGroup } from './place.ts';
import { placementGroupOf } from './placement-group.ts';
import { anyMap, groupsOf, nodesIn } from './testing/arbitrary-map.ts';
import { fixedPointWeight } from './weight.ts';

const threeNodes: ClusterMap = { epoch: 1, pgCount: 16, replicas: 3, nodes: nodesIn(['a', 'b', 'c'], 1) };

function allLists(map: ClusterMap): (readonly string[])[] {
  return groupsOf(map).map((pg) => placeGroup(map, pg));
}

function inNodes(map: ClusterMap): MapNode[] {
  return map.nodes.filter((node) => node.state === 'in');
}

test('a list has n distinct nodes that are in, or all of them when there are fewer', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      const ids = new Set(inNodes(map).map((node) => node.id));
      for (const list of allLists(map)) {
        expect(list).toHaveLength(Math.min(map.replicas, ids.size));
        expect(new Set(list).size).toBe(list.length);
        expect(list.every((id) => ids.has(id))).toBe(true);
      }
    }),
  );
});

test('the first nodes of a list stand in distinct zones while there are enough', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      const zoneOf = new Map(inNodes(map).map((node) => [node.id, node.zone]));
      const distinct = Math.min(map.replicas, new Set(zoneOf.values()).size);
      for (const list of allLists(map)) {
        expect(new Set(list.slice(0, distinct).map((id) => zoneOf.get(id))).size).toBe(distinct);
      }
    }),
  );
});

test('the order of the nodes in the map plays no part', () => {
  const mapAndShuffled = anyMap.chain((map) =>
    fc.tuple(
      fc.constant(map),
      fc.shuffledSubarray([...map.nodes], { minLength: map.nodes.length, maxLength: map.nodes.length }),
    ),
  );
  fc.assert(
    fc.property(mapAndShuffled, ([map, nodes]) => {
      expect(allLists({ ...map, nodes })).toEqual(allLists(map));
    }),
  );
});

test('the epoch plays no part', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      expect(allLists({ ...map, epoch: map.epoch + 1 })).toEqual(allLists(map));
    }),
  );
});

test('a node that is out is placed as if it were not in the map', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      expect(allLists({ ...map, nodes: inNodes(map) })).toEqual(allLists(map));
    }),
  );
});

test('one replica more is added at the end of the list', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      const longer = allLists({ ...map, replicas: map.replicas + 1 });
      expect(longer.map((list) => list.slice(0, map.replicas))).toEqual(allLists(map));
    }),
  );
});

test('agrees with a plain model in floating point', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      expect(allLists(map)).toEqual(groupsOf(map).map((pg) => placeNaively(map, pg)));
    }),
  );
});

/** Sorts by -ln(u)/w, then takes the best node of the zone used least, again and again. */
function placeNaively(map: ClusterMap, pg: number): string[] {
  const drawOf = ({ id, weight }: MapNode): number =>
    -Math.log((hash32(id, pg) + 0.5) / 2 ** 32) / fixedPointWeight(weight);
  let left = inNodes(map).toSorted((a, b) => drawOf(a) - drawOf(b));
  const usesByZone = new Map<string, number>();
  const list: string[] = [];
  while (list.length < map.replicas && left.length > 0) {
    const usesOf = (node: MapNode): number => usesByZone.get(node.zone) ?? 0;
    const next = left.reduce((best, node) => (usesOf(node) < usesOf(best) ? node : best));
    list.push(next.id);
    usesByZone.set(next.zone, usesOf(next) + 1);
    left = left.filter((node) => node !== next);
  }
  return list;
}

test('equal draws are ordered by id, whatever the order in the map', () => {
  // These two ids have the same hash for group 0.
  const [one, other] = ['node-157508', 'node-62210'];
  expect(hash32(one, 0)).toBe(hash32(other, 0));
  const nodes = [one, other].map((id): MapNode => ({ id, zone: 'a', weight: 1, state: 'in' }));
  expect(placeGroup({ ...threeNodes, nodes }, 0)).toEqual([one, other]);
  expect(placeGroup({ ...threeNodes, nodes: nodes.toReversed() }, 0)).toEqual([one, other]);
});

test('a key is placed with its group', () => {
  for (const key of ['product:orange', 'user:ann@example.com', 'product:__proto__', 'product:🍎', '']) {
    expect(place(threeNodes, key)).toBe(placeGroup(threeNodes, placementGroupOf(key, threeNodes.pgCount)));
  }
});

test('a list is computed once for each map object, frozen, and never shared between maps', () => {
  const list = placeGroup(threeNodes, 5);
  expect(placeGroup(threeNodes, 5)).toBe(list);
  expect(Object.isFrozen(list)).toBe(true);
  const other = { ...threeNodes, nodes: threeNodes.nodes.slice(0, 1) };
  expect(placeGroup(other, 5)).toEqual(['a-0']);
  expect(placeGroup(threeNodes, 5)).toBe(list);
});

test.each([-1, 16, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('there is no group %d of 16', (pg) => {
  expect(() => placeGroup(threeNodes, pg)).toThrow(RangeError);
});
