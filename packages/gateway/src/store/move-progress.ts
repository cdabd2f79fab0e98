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

/** How much one node has of what it gains. */
export interface NodeProgress {
  /** Placement groups that it gains. */
  readonly groups: number;
  /** Those of them that are not all there yet, as far as it has told. */
  readonly left: ReadonlySet<number>;
}

/** The progress of each node that gains data by this map; empty when nothing moves. */
export function moveProgress(map: ClusterMap, known: GainingNodes): ReadonlyMap<string, NodeProgress> {
  return new Map(
    [...gainedGroupsByNode(map)].map(([node, gained]) => [
      node,
      { groups: gained.length, left: new Set(leftOf(node, gained, map.epoch, known)) },
    ]),
  );
}

/** How many groups are to move, each counted for each node that gains it, and how many have. */
export function totalOf(progress: Iterable<NodeProgress>): { readonly groups: number; readonly groupsDone: number } {
  let groups = 0;
  let groupsDone = 0;
  for (const each of progress) {
    groups += each.groups;
    groupsDone += each.groups - each.left.size;
  }
  return { groups, groupsDone };
}

/** A share in whole percent; of nothing, all is done. Reaches 100 only at the very end. */
export function percentOf(done: number, all: number): number {
  return all === 0 ? 100 : Math.floor((done / all) * 100);
}

function leftOf(
  node: string,
  gained: readonly number[],
  epoch: number,
  { fetching, syncedEpochs }: GainingNodes,
): readonly number[] {
  if ((syncedEpochs.get(node) ?? 0) >= epoch) return [];
  const fetched = fetching.get(node);
  // What it fetched by another map it looks through once more.
  if (fetched?.epoch !== epoch) return gained;
  const left = new Set(fetched.groupsLeft);
  return gained.filter((pg) => left.has(pg));
}

function gainedGroupsByNode(map: ClusterMap): ReadonlyMap<string, readonly number[]> {
  const gained = new Map<string, number[]>();
  const previous = previousMap(map);
  if (previous === undefined) return gained;
  for (let pg = 0; pg < map.pgCount; pg += 1) {
    const before = placeGroup(previous, pg);
    for (const node of placeGroup(map, pg)) {
      if (before.includes(node)) continue;
      const ofNode = gained.get(node);
      if (ofNode === undefined) gained.set(node, [pg]);
      else ofNode.push(pg);
    }
  }
  return gained;
}
