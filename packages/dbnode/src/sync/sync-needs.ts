/*
 * What a node lacks and who can give it: the placement groups that it gained by a change of the map, and
 * those of which it lost data. Pure.
 */
import { gainedGroups, placeGroup, previousMap, type ClusterMap } from '@trolley/crush';

/** One placement group to fetch. */
export interface GroupNeed {
  readonly placementGroup: number;
  /** The nodes that hold what is lacking. */
  readonly sources: readonly string[];
  /** So many of them together know every write that was acknowledged. */
  readonly sourcesNeeded: number;
}

/** Everything that the node lacks under this map, by placement group. */
export function syncNeeds(
  map: ClusterMap,
  nodeId: string,
  incompleteGroups: readonly number[],
): ReadonlyMap<number, GroupNeed> {
  const needs = new Map<number, GroupNeed>();
  for (const pg of incompleteGroups) {
    const owners = placeGroup(map, pg);
    if (owners.includes(nodeId)) needs.set(pg, lost(pg, owners, nodeId));
  }
  const previous = previousMap(map);
  if (previous === undefined) return needs;
  for (const pg of gainedGroups(map, nodeId)) {
    const sources = placeGroup(previous, pg);
    needs.set(pg, { placementGroup: pg, sources, sourcesNeeded: majorityOf(sources.length) });
  }
  return needs;
}

/** The needs that are met once these nodes have told all that they hold. */
export function metBy(needs: ReadonlyMap<number, GroupNeed>, told: ReadonlySet<string>): readonly number[] {
  return [...needs.values()]
    .filter(({ sources, sourcesNeeded }) => sources.filter((node) => told.has(node)).length >= sourcesNeeded)
    .map(({ placementGroup }) => placementGroup);
}

/** The nodes to ask, ordered by id. */
export function sourcesOf(needs: ReadonlyMap<number, GroupNeed>): readonly string[] {
  return [...new Set([...needs.values()].flatMap(({ sources }) => sources))].toSorted();
}

/**
 * A write that this node acknowledged and lost may be on only majority - 1 of the others: so many of them
 * must tell that none such is missed.
 */
function lost(pg: number, owners: readonly string[], nodeId: string): GroupNeed {
  const sources = owners.filter((node) => node !== nodeId);
  return { placementGroup: pg, sources, sourcesNeeded: owners.length - majorityOf(owners.length) + 1 };
}

function majorityOf(replicas: number): number {
  return Math.ceil((replicas + 1) / 2);
}
