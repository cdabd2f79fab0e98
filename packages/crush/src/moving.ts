/*
 * Data on the move: what a change of the map takes from where to where. While a map has previous nodes,
 * a key has two lists of replicas, and both count.
 */
import type { ClusterMap } from './cluster-map.ts';
import { placeGroup } from './place.ts';

const previousMaps = new WeakMap<ClusterMap, ClusterMap>();

/** The map as it places keys for the previous nodes, always the same object; undefined when no data moves. */
export function previousMap(map: ClusterMap): ClusterMap | undefined {
  if (map.previousNodes === undefined) return undefined;
  const known = previousMaps.get(map);
  if (known !== undefined) return known;
  const { epoch, pgCount, replicas, previousNodes } = map;
  const previous = { epoch, pgCount, replicas, nodes: previousNodes };
  previousMaps.set(map, previous);
  return previous;
}

/** The placement groups that a node must fetch: those that it holds by this map and not by its previous nodes. */
export function gainedGroups(map: ClusterMap, nodeId: string): readonly number[] {
  const previous = previousMap(map);
  if (previous === undefined) return [];
  return groupsOf(map).filter(
    (pg) => placeGroup(map, pg).includes(nodeId) && !placeGroup(previous, pg).includes(nodeId),
  );
}

/** The nodes that must fetch something before the previous nodes can be forgotten. */
export function gainingNodes(map: ClusterMap): readonly string[] {
  const previous = previousMap(map);
  if (previous === undefined) return [];
  const gaining = groupsOf(map).flatMap((pg) => {
    const before = placeGroup(previous, pg);
    return placeGroup(map, pg).filter((node) => !before.includes(node));
  });
  return [...new Set(gaining)].toSorted();
}

function groupsOf(map: ClusterMap): number[] {
  return Array.from({ length: map.pgCount }, (_, pg) => pg);
}
