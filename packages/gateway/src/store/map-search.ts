/*
 * What to make of what nodes know of the cluster map, when the registry may have lost it: which one is the newest, and
 * whether there can have been a newer one. Pure: map-keeper.ts asks the nodes.
 */
import { majorityOf, type ClusterMap, type MapNode } from '@trolley/crush';

/** What one node told. */
export interface NodeKnowledge {
  readonly node: string;
  /** The newest epoch that it has heard of; 0 when of none. */
  readonly epoch: number;
  /** The newest map that the registry told it; undefined also when this gateway knows one as new. */
  readonly map: ClusterMap | undefined;
}

/** What there is to go by. */
export interface MapSources {
  /** The map in the registry. */
  readonly current: ClusterMap | undefined;
  /** The newest map that this gateway saw there. */
  readonly seen: ClusterMap | undefined;
  readonly told: readonly NodeKnowledge[];
}

/** What was found. */
export interface FoundMap {
  readonly newest: ClusterMap | undefined;
  readonly newestEpochHeard: number;
  /** Why somebody may have worked by a newer map; undefined when nobody can have. */
  readonly doubt: string | undefined;
}

/**
 * The newest map of all. Whatever was read or written by a map later than some map needed, in its placement group, a
 * majority of the nodes of that map, who have heard of it since. So when enough of a map's nodes have heard of nothing
 * newer, nobody has worked by anything newer, and who knows another comes from another cluster.
 */
export function findNewestMap({ current, seen, told }: MapSources): FoundMap {
  const newestEpochHeard = Math.max(0, ...told.map(heardBy));
  const own = newerOf(current, seen);
  const isRefuted =
    own !== undefined &&
    areEnough(
      own,
      told.filter((each) => heardBy(each) <= own.epoch),
    );
  const maps = isRefuted ? [] : told.map(({ map }) => map);
  const newest = maps.reduce(newerOf, own);
  return { newest, newestEpochHeard, doubt: doubtOf(newest, newestEpochHeard, told) };
}

function doubtOf(
  newest: ClusterMap | undefined,
  newestEpochHeard: number,
  told: readonly NodeKnowledge[],
): string | undefined {
  if (newestEpochHeard > (newest?.epoch ?? 0)) return `nodes have heard of epoch ${newestEpochHeard}`;
  if (newest === undefined || areEnough(newest, told)) return undefined;
  return `too few of its nodes say that they have heard of no newer one (${told.length} answered)`;
}

function heardBy({ epoch, map }: NodeKnowledge): number {
  return Math.max(epoch, map?.epoch ?? 0);
}

/** The map with the higher epoch; the first of two with the same. */
function newerOf(first: ClusterMap | undefined, second: ClusterMap | undefined): ClusterMap | undefined {
  return (second?.epoch ?? 0) > (first?.epoch ?? 0) ? second : first;
}

/** Whether a majority of each placement group's owners is among these nodes, wherever the group is placed. */
function areEnough(map: ClusterMap, told: readonly NodeKnowledge[]): boolean {
  // A node of a map that has heard of none lost its disk, or was not told yet.
  const ids = new Set(told.filter((each) => heardBy(each) > 0).map(({ node }) => node));
  return [map.nodes, map.previousNodes ?? map.nodes].every((nodes) => areEnoughOf(nodes, map.replicas, ids));
}

function areEnoughOf(nodes: readonly MapNode[], replicas: number, ids: ReadonlySet<string>): boolean {
  const owners = nodes.filter(({ state }) => state === 'in');
  const each = Math.min(replicas, owners.length);
  const silent = owners.filter(({ id }) => !ids.has(id)).length;
  return silent <= each - majorityOf(each);
}
