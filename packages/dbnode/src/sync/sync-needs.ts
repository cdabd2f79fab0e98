/*
 * What a node lacks and who can give it: the placement groups that it gained by a change of the map, and
 * those of which it lost data. Pure.
 */
import { gainedGroups, majorityOf, placeGroup, previousMap, type ClusterMap } from '@trolley/crush';
import { ownsGroup } from '../repair/shared-groups.ts';

/** One placement group to fetch. */
export interface GroupNeed {
  readonly placementGroup: number;
  /** The nodes that hold what is lacking. */
  readonly sources: readonly string[];
  /** So many of them together know every write that was acknowledged. */
  readonly sourcesNeeded: number;
}

/**
 * What a source told of a group: all that it ever acknowledged; all but what it may have forgotten of registers, in which
 * it has no vote; or all that it has left after it lost data.
 */
export type TellingKind = 'all' | 'all-but-votes' | 'what-is-left';

const NOBODY: ReadonlySet<string> = new Set();

/** Which groups the nodes have told of, each to its end. */
export type Told = ReadonlyMap<string, ReadonlyMap<number, TellingKind>>;

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
    if (owners.includes(nodeId)) needs.set(pg, lostGroup(pg, owners, nodeId));
  }
  for (const pg of gainedGroups(map, nodeId)) {
    const sources = placeGroup(settled, pg);
    needs.set(pg, { placementGroup: pg, sources, sourcesNeeded: majorityOf(sources.length) });
  }
  return needs;
}

/**
 * Whether a need is met by what was told. A source that lost data of a group, or may have forgotten accepts in it, counts
 * for it only when all have told: there is nobody else then who could know more.
 *
 * @param lost sources that the map counts on no more and that cannot be reached. Nobody waits for them where only votes were
 *   forgotten: a move that such a node cuts short would never end. A change of a register that only it and those who forgot
 *   had accepted is given up with it.
 */
export function isMet(
  { placementGroup, sources, sourcesNeeded }: GroupNeed,
  told: Told,
  lost: ReadonlySet<string> = NOBODY,
): boolean {
  const tellings = sources.map((node) => told.get(node)?.get(placementGroup));
  if (tellings.filter((telling) => telling === 'all').length >= sourcesNeeded) return true;
  if (tellings.every((telling) => telling !== undefined)) return true;
  const knowRecords = tellings.filter((telling) => telling === 'all' || telling === 'all-but-votes').length;
  return (
    knowRecords >= sourcesNeeded && sources.every((node, index) => tellings[index] !== undefined || lost.has(node))
  );
}

/** The needs that are met, by placement group; `lost` as for isMet. */
export function metBy(
  needs: ReadonlyMap<number, GroupNeed>,
  told: Told,
  lost: ReadonlySet<string> = NOBODY,
): readonly number[] {
  return [...needs.values()].filter((need) => isMet(need, told, lost)).map(({ placementGroup }) => placementGroup);
}

/**
 * Of the groups that may lack something, those that are not this node's, by the map or by its previous nodes. Nobody
 * counts on it for these; should it gain one, it fetches it like any other.
 */
export function notOwned(map: ClusterMap, nodeId: string, incompleteGroups: Iterable<number>): readonly number[] {
  return [...incompleteGroups].filter((pg) => !ownsGroup(map, nodeId, pg));
}

/** Which groups to ask which node for, since they are not met and it could tell more; nodes by id, groups ascending. */
export function groupsToAsk(needs: ReadonlyMap<number, GroupNeed>, told: Told): ReadonlyMap<string, readonly number[]> {
  const unmet = [...needs.values()].filter((need) => !isMet(need, told));
  const toAsk = unmet.flatMap(({ placementGroup, sources }) =>
    sources
      .filter((node) => told.get(node)?.get(placementGroup) !== 'all')
      .map((node) => ({ node, group: placementGroup })),
  );
  const groups = new Map<string, number[]>();
  for (const { node, group } of toAsk) groups.set(node, [...(groups.get(node) ?? []), group]);
  const byNode = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Map(byNode.map(([node, list]) => [node, list.toSorted((a, b) => a - b)]));
}

/**
 * A write that this node acknowledged and lost may be on only majority - 1 of the others: so many of them
 * must tell that none such is missed. Nobody has to where this node was the only replica.
 */
function lostGroup(pg: number, owners: readonly string[], nodeId: string): GroupNeed {
  const sources = owners.filter((node) => node !== nodeId);
  const sourcesNeeded = owners.length - majorityOf(owners.length) + 1;
  return { placementGroup: pg, sources, sourcesNeeded: Math.min(sourcesNeeded, sources.length) };
}
