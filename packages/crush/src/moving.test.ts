import { expect, test } from 'vitest';
import type { ClusterMap, MapNode } from './cluster-map.ts';
import { gainedGroups, gainingNodes, previousMap } from './moving.ts';
import { placeGroup } from './place.ts';

const node = (id: string): MapNode => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' });
const before = ['a', 'b', 'c'].map(node);
const grown: ClusterMap = { epoch: 2, pgCount: 64, replicas: 3, nodes: [...before, node('d')], previousNodes: before };
const settled: ClusterMap = { epoch: 3, pgCount: 64, replicas: 3, nodes: grown.nodes };

test('a map without previous nodes moves nothing', () => {
  expect(previousMap(settled)).toBeUndefined();
  expect(gainedGroups(settled, 'd')).toEqual([]);
  expect(gainingNodes(settled)).toEqual([]);
});

test('the previous map is one object, so that its placements are computed once', () => {
  expect(previousMap(grown)).toBe(previousMap(grown));
  expect(previousMap(grown)?.nodes).toBe(before);
});

test('a node that joins gains what it is placed on, and nobody else gains anything', () => {
  expect(gainingNodes(grown)).toEqual(['d']);
  const placedOn = Array.from({ length: 64 }, (_, pg) => pg).filter((pg) => placeGroup(grown, pg).includes('d'));
  expect(gainedGroups(grown, 'd')).toEqual(placedOn);
  expect(gainedGroups(grown, 'a')).toEqual([]);
});

test('with more replicas wanted than nodes, a joining node gains every group', () => {
  const map: ClusterMap = { ...grown, nodes: ['a', 'b'].map(node), previousNodes: [node('a')] };
  expect(gainedGroups(map, 'b')).toHaveLength(64);
});
