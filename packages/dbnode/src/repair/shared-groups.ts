/*
 * Which placement groups two nodes must hold alike. Pure.
 */
import { placeGroup, previousMap, type ClusterMap } from '@trolley/crush';

/**
 * The groups that both nodes own, ascending. While data moves those by the previous nodes: the new owners fetch what
 * they lack by the groups, not by differences.
 */
export function sharedGroups(map: ClusterMap, one: string, other: string): readonly number[] {
  const settled = previousMap(map) ?? map;
  return Array.from({ length: map.pgCount }, (_, pg) => pg).filter((pg) => {
    const owners = placeGroup(settled, pg);
    return owners.includes(one) && owners.includes(other);
  });
}

/** The other nodes that own a group which this one owns too, ordered by id. */
export function nodesSharingGroups(map: ClusterMap, nodeId: string): readonly string[] {
  const settled = previousMap(map) ?? map;
  const owners = Array.from({ length: map.pgCount }, (_, pg) => placeGroup(settled, pg));
  const shared = owners.filter((each) => each.includes(nodeId)).flat();
  return [...new Set(shared)].filter((id) => id !== nodeId).toSorted();
}

/** Whether a node owns a placement group, by the map or by its previous nodes. */
export function ownsGroup(map: ClusterMap, node: string, pg: number): boolean {
  const previous = previousMap(map);
  return placeGroup(map, pg).includes(node) || (previous !== undefined && placeGroup(previous, pg).includes(node));
}
