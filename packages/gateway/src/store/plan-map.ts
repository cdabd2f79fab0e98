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
  /** Set when it takes the place of one that the registry lost; certain when nobody can have worked by a newer one. */
  readonly putBack?: { readonly isCertain: boolean };
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
  /** The newest map that this gateway saw or that nodes told it, also when the registry has none now, or an older one. */
  readonly lastMap: ClusterMap | undefined;
  /** The newest epoch that any of the nodes has heard of that were asked; 0 when none was. */
  readonly newestEpochHeard: number;
  /** Why there may have been a newer map than the last; undefined when there cannot, or nothing suggests it. */
  readonly doubt?: string | undefined;
  /** For how long that has been in doubt. */
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
  if (state.doubt !== undefined && state.behindForMs < policy.settleMs) return undefined;
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
 * newest map that anybody knows is put back then, moves that were under way included, and the epoch goes on from what the
 * nodes know, since they turn away whoever works with an older one. While there may have been a newer one it is waited
 * for, as somebody may come who knows it, but not for ever: the disks that held it may be gone.
 */
function planAnew(state: ClusterState, newestKnown: number, policy: MapPolicy): PlannedMap | undefined {
  const { up, firstNodeSeenForMs, lastMap, behindForMs } = state;
  const { replicas, pgCount, expectedNodes, settleMs } = policy;
  if (up.length === 0) return undefined;
  const doubt = state.doubt ?? (newestKnown > (lastMap?.epoch ?? 0) ? `there was epoch ${newestKnown}` : undefined);
  if (doubt !== undefined && behindForMs < settleMs) return undefined;
  const epoch = newestKnown + 1;
  const isCertain = doubt === undefined;
  const caution = isCertain
    ? ''
    : `; there may have been a newer one, and what was written by it may be missed: ${doubt}`;
  if (lastMap !== undefined) {
    const reason = `the registry had lost the newest map; that of epoch ${lastMap.epoch} is put back${caution}`;
    return { map: { ...lastMap, epoch }, reason, putBack: { isCertain } };
  }
  if (up.length < expectedNodes && firstNodeSeenForMs < settleMs) return undefined;
  const nodes = membersOf(up);
  const reason = `the first map, with ${nodes.length} nodes${caution}`;
  return { map: { epoch, pgCount, replicas, nodes }, reason, ...(isCertain ? {} : { putBack: { isCertain } }) };
}
