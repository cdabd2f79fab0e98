/*
 * How each placement group is, from the map, who is up, and how far the data is that moves. Pure.
 */
import { placeGroup, type ClusterMap } from '@trolley/crush';
import type { GroupOverview, GroupState } from '../cluster-overview.ts';
import { percentOf, type NodeProgress } from './move-progress.ts';
import { ownersOf } from './targets.ts';

/** Whether a node is up and lacks nothing of a group that it once acknowledged. */
type IsSound = (nodeId: string, pg: number) => boolean;

/** Every placement group of the map, by number. @param progress how far each node is that gains data */
export function groupStates(
  map: ClusterMap,
  isSound: IsSound,
  progress: ReadonlyMap<string, NodeProgress>,
): readonly GroupOverview[] {
  return Array.from({ length: map.pgCount }, (_, pg) => groupState(map, pg, isSound, progress));
}

/** How many groups are in each state. */
export function countStates(groups: readonly GroupOverview[]): Readonly<Record<GroupState, number>> {
  const counts = { active: 0, degraded: 0, moving: 0 };
  for (const { state } of groups) counts[state] += 1;
  return counts;
}

function groupState(
  map: ClusterMap,
  pg: number,
  isSound: IsSound,
  progress: ReadonlyMap<string, NodeProgress>,
): GroupOverview {
  const nodes = placeGroup(map, pg);
  const [previousNodes, next] = ownersOf(map, pg);
  const isMoving = next !== undefined;
  const isDegraded = !nodes.every((node) => isSound(node, pg));
  return {
    pg,
    nodes,
    state: isDegraded ? 'degraded' : isMoving ? 'moving' : 'active',
    previousNodes: isMoving ? previousNodes : undefined,
    percent: isMoving ? percentOfGroup(pg, nodes, previousNodes ?? [], progress) : undefined,
  };
}

/** How many of the nodes that gain the group have all of it. Of one that has part of it nobody knows how much. */
function percentOfGroup(
  pg: number,
  nodes: readonly string[],
  previousNodes: readonly string[],
  progress: ReadonlyMap<string, NodeProgress>,
): number {
  const gaining = nodes.filter((node) => !previousNodes.includes(node));
  const done = gaining.filter((node) => progress.get(node)?.left.has(pg) === false);
  return percentOf(done.length, gaining.length);
}
