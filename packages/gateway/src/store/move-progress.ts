/*
 * How far data on the move has come, from what the nodes that gain it say of themselves. Pure.
 */
import type { FetchProgress } from '@trolley/cluster';
import { placeGroup, previousMap, type ClusterMap } from '@trolley/crush';

/** What is known of the nodes that gain data. */
export interface GainingNodes {
  /** What each of them fetches; a node that was not asked yet is absent. */
  readonly fetching: ReadonlyMap<string, FetchProgress>;
  /** The newest epoch by which each of them holds all that it should. */
  readonly syncedEpochs: ReadonlyMap<string, number>;
}

/** How much one node has of what it gains, in groups. */
export interface NodeProgress {
  readonly groups: number;
  readonly groupsDone: number;
}

/** The progress of each node that gains data by this map; empty when nothing moves. */
export function moveProgress(map: ClusterMap, known: GainingNodes): ReadonlyMap<string, NodeProgress> {
  const gained = gainedCounts(map);
  return new Map(
    [...gained].map(([node, groups]) => [node, { groups, groupsDone: doneOf(node, groups, map.epoch, known) }]),
  );
}

/** The share that is done, in whole percent; a move of nothing is done. Reaches 100 only at the very end. */
export function percentOf(progress: Iterable<NodeProgress>): number {
  let groups = 0;
  let groupsDone = 0;
  for (const each of progress) {
    groups += each.groups;
    groupsDone += each.groupsDone;
  }
  return groups === 0 ? 100 : Math.floor((groupsDone / groups) * 100);
}

function doneOf(node: string, groups: number, epoch: number, { fetching, syncedEpochs }: GainingNodes): number {
  if ((syncedEpochs.get(node) ?? 0) >= epoch) return groups;
  // A node may also fetch groups that it lost data of: what counts here is the share.
  const fetched = fetching.get(node);
  if (fetched === undefined || fetched.groups === 0) return 0;
  return Math.min(groups, Math.floor((groups * fetched.groupsDone) / fetched.groups));
}

function gainedCounts(map: ClusterMap): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const previous = previousMap(map);
  if (previous === undefined) return counts;
  for (let pg = 0; pg < map.pgCount; pg += 1) {
    const before = placeGroup(previous, pg);
    for (const node of placeGroup(map, pg)) {
      if (!before.includes(node)) counts.set(node, (counts.get(node) ?? 0) + 1);
    }
  }
  return counts;
}
