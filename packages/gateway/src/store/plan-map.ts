/*
 * Decides whether the cluster map should change, and to what. Pure: map-keeper.ts watches the registry
 * and writes. Any gateway may come to the same decision; compare-and-set lets one of them have it.
 */
import { gainingNodes, type ClusterMap, type MapNode } from '@trolley/crush';
import type { NodeDetails } from '@trolley/cluster';
import { membersOf, orderedById, planMembers } from './plan-members.ts';
import type { OutPolicy } from './out-policy.ts';

/** What maps are made by. */
export interface MapPolicy extends OutPolicy {
  /** In the first map only, as pgCount. */
  readonly replicas: number;
  readonly pgCount: number;
  /** The first map waits for so many nodes ... */
  readonly expectedNodes: number;
  /** ... but not longer than this, once there is one. */
  readonly settleMs: number;
}

/** A map to write, and why. */
export interface PlannedMap {
  readonly map: ClusterMap;
  readonly reason: string;
}

/** What is known of the nodes. */
export interface ClusterState {
  readonly up: readonly NodeDetails[];
  /** How long ago the first node was seen. */
  readonly firstNodeSeenForMs: number;
  /** For how long each node that is down has been seen down. */
  readonly downForMs: ReadonlyMap<string, number>;
  /** For how long enough nodes have been up for others to go out. */
  readonly enoughForMs: number;
  /** For each node that was asked, the newest epoch by which it holds all that it should. */
  readonly syncedEpochs: ReadonlyMap<string, number>;
  /** The newest map that was seen, also when the registry has none now, or an older one. */
  readonly lastMap: ClusterMap | undefined;
  /** The newest epoch that any of the nodes has heard of that were asked; 0 when none was. */
  readonly newestEpochHeard: number;
  /** For how long nodes have been known to have heard of a newer map than was ever seen here. */
  readonly behindForMs: number;
}

/**
 * The map that should follow `current`; undefined when it is right as it is. A change of the members comes
 * before the end of a move: a move that nobody can finish any more goes on with other nodes.
 */
export function planMap(
  current: ClusterMap | undefined,
  state: ClusterState,
  policy: MapPolicy,
): PlannedMap | undefined {
  const newestKnown = Math.max(state.lastMap?.epoch ?? 0, state.newestEpochHeard);
  if (current === undefined || current.epoch < newestKnown) return planAnew(state, newestKnown, policy);
  const { nodes, reasons } = planMembers(current, state, policy);
  if (reasons.length > 0) return { map: withNodes(current, nodes), reason: reasons.join('; ') };
  return planEndOfMove(current, state);
}

/**
 * The map after a change of its nodes, whichever: data moves, and until it has moved the nodes before the
 * change count along. Of several changes in a row those before the first one do, since they hold the data:
 * every write since has needed a quorum of theirs too.
 */
export function withNodes(current: ClusterMap, nodes: readonly MapNode[]): ClusterMap {
  const { epoch, nodes: before, previousNodes = before } = current;
  return { ...current, epoch: epoch + 1, nodes: orderedById(nodes), previousNodes };
}

function planEndOfMove(current: ClusterMap, { syncedEpochs }: ClusterState): PlannedMap | undefined {
  if (current.previousNodes === undefined) return undefined;
  const { epoch, pgCount, replicas, nodes } = current;
  const isSynced = (node: string) => (syncedEpochs.get(node) ?? 0) >= epoch;
  if (!gainingNodes(current).every(isSynced)) return undefined;
  return { map: { epoch: epoch + 1, pgCount, replicas, nodes }, reason: 'the data has moved' };
}

/**
 * A registry without a map is new, or has lost what it had; one with an older map than others know was set back. The
 * newest map that was seen is put back then, and the epoch goes on from what the nodes know, since they turn away
 * whoever works with an older one. A gateway that has not seen that map leaves it for a while to those that have.
 */
function planAnew(state: ClusterState, newestKnown: number, policy: MapPolicy): PlannedMap | undefined {
  const { up, firstNodeSeenForMs, lastMap, behindForMs } = state;
  const { replicas, pgCount, expectedNodes, settleMs } = policy;
  if (up.length === 0) return undefined;
  if (newestKnown > (lastMap?.epoch ?? 0) && behindForMs < settleMs) return undefined;
  const epoch = newestKnown + 1;
  if (lastMap !== undefined) return { map: { ...lastMap, epoch }, reason: 'the registry had lost the newest map' };
  if (up.length < expectedNodes && firstNodeSeenForMs < settleMs) return undefined;
  const nodes = membersOf(up);
  return { map: { epoch, pgCount, replicas, nodes }, reason: `the first map, with ${nodes.length} nodes` };
}
