/*
 * Decides whether the cluster map should change, and to what. Pure: map-keeper.ts watches the registry
 * and writes. Any gateway may come to the same decision; compare-and-set lets one of them have it.
 */
import { gainingNodes, type ClusterMap, type MapNode } from '@trolley/crush';
import type { NodeDetails } from '@trolley/cluster';
import { asMapNode, orderedById, planMembers } from './plan-members.ts';
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
  /** For each node that was asked, the newest epoch by which it holds all that it should. */
  readonly syncedEpochs: ReadonlyMap<string, number>;
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
  if (current === undefined) return planFirstMap(state, policy);
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

function planFirstMap(
  { up, firstNodeSeenForMs }: ClusterState,
  { replicas, pgCount, expectedNodes, settleMs }: MapPolicy,
): PlannedMap | undefined {
  if (up.length === 0) return undefined;
  if (up.length < expectedNodes && firstNodeSeenForMs < settleMs) return undefined;
  return {
    map: { epoch: 1, pgCount, replicas, nodes: orderedById(up.map(asMapNode)) },
    reason: `the first map, with ${up.length} nodes`,
  };
}
