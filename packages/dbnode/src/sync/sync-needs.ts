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

/** The nodes that have told all that they hold, each with the groups of which it may itself lack something. */
export type Told = ReadonlyMap<string, ReadonlySet<number>>;

/** Everything that the node lacks under this map, by placement group. */
export function syncNeeds(
  map: ClusterMap,
  nodeId: string,
  incompleteGroups: Iterable<number>,
): ReadonlyMap<number, GroupNeed> {
  // While data moves, the previous owners have it all, and the new ones may still have nothing.
  const settled = previousMap(map) ?? map;
  const needs = new Map<number, GroupNeed>();
  for (const pg of incompleteGroups) {
    const owners = placeGroup(settled, pg);
    if (owners.includes(nodeId)) needs.set(pg, lost(pg, owners, nodeId));
  }
  for (const pg of gainedGroups(map, nodeId)) {
    const sources = placeGroup(settled, pg);
    needs.set(pg, { placementGroup: pg, sources, sourcesNeeded: majorityOf(sources.length) });
  }
  return needs;
}

/**
 * The needs that are met by what was told. A source that lost data of a group counts for it only when all
 * have told: there is nobody else then who could know more.
 */
export function metBy(needs: ReadonlyMap<number, GroupNeed>, told: Told): readonly number[] {
  const isMet = ({ placementGroup, sources, sourcesNeeded }: GroupNeed) => {
    const complete = sources.filter((node) => told.get(node)?.has(placementGroup) === false);
    return complete.length >= sourcesNeeded || sources.every((node) => told.has(node));
  };
  return [...needs.values()].filter(isMet).map(({ placementGroup }) => placementGroup);
}

/** The nodes that could tell more than they have told, ordered by id. */
export function sourcesToAsk(needs: ReadonlyMap<number, GroupNeed>, told: Told): readonly string[] {
  const toAsk = [...needs.values()].flatMap(({ placementGroup, sources }) =>
    sources.filter((node) => told.get(node)?.has(placementGroup) !== false),
  );
  return [...new Set(toAsk)].toSorted();
}

/**
 * A write that this node acknowledged and lost may be on only majority - 1 of the others: so many of them
 * must tell that none such is missed. Nobody has to where this node was the only replica.
 */
function lost(pg: number, owners: readonly string[], nodeId: string): GroupNeed {
  const sources = owners.filter((node) => node !== nodeId);
  const sourcesNeeded = owners.length - majorityOf(owners.length) + 1;
  return { placementGroup: pg, sources, sourcesNeeded: Math.min(sourcesNeeded, sources.length) };
}

function majorityOf(replicas: number): number {
  return Math.ceil((replicas + 1) / 2);
}
