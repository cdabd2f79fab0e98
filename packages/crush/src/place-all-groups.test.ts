import { expect, test } from 'vitest';
import type { ClusterMap, MapNode } from './cluster-map.ts';
import { previousMap } from './moving.ts';
import { placeAllGroups } from './place-all-groups.ts';
import { placeGroup } from './place.ts';

function nodes(count: number): MapNode[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `node-${index}`,
    zone: `zone-${index % 7}`,
    weight: 1,
    state: 'in',
  }));
}

test('a small map is placed at once', () => {
  const map: ClusterMap = { epoch: 1, pgCount: 256, replicas: 3, nodes: nodes(20), previousNodes: nodes(19) };
  expect([...placeAllGroups(map)]).toHaveLength(0);
});

test('a large map lets other work go on, and is placed as group by group', () => {
  const map: ClusterMap = { epoch: 1, pgCount: 1024, replicas: 3, nodes: nodes(200), previousNodes: nodes(199) };
  expect([...placeAllGroups(map)].length).toBeGreaterThanOrEqual(19);
  const again: ClusterMap = { ...map };
  for (let pg = 0; pg < map.pgCount; pg++) expect(placeGroup(map, pg)).toEqual(placeGroup(again, pg));
  const previous = previousMap(map);
  expect(previous && placeGroup(previous, 5)).toEqual(placeGroup({ ...map, nodes: nodes(199) }, 5));
});
