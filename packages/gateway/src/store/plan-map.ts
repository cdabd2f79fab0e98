/*
 * Decides whether the cluster map should change, and to what. Pure: map-keeper.ts watches the registry
 * and writes. Any gateway may come to the same decision; compare-and-set lets one of them have it.
 */
import { gainingNodes, type ClusterMap, type MapNode } from '@trolley/crush';
import type { NodeDetails } from '@trolley/cluster';

/** What the first map is made with. */
export interface MapPolicy {
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
  /** For each node that was asked, the newest epoch by which it holds all that it should. */
  readonly syncedEpochs: ReadonlyMap<string, number>;
  /** The last map that was seen, also when the registry has none now. */
  readonly lastMap: ClusterMap | undefined;
  /** The newest epoch that any node has heard of; asked only while there is no map. */
  readonly newestEpochHeard: number;
}

/**
 * The map that should follow `current`; undefined when it is right as it is. A node that is down stays
 * in the map: its data stays where it is. A node that joins is given its share at once, and the previous
 * nodes count along until it has fetched that.
 */
export function planMap(
  current: ClusterMap | undefined,
  state: ClusterState,
  policy: MapPolicy,
): PlannedMap | undefined {
  if (current === undefined) return planFirstMap(state, policy);
  return planJoin(current, state) ?? planEndOfMove(current, state);
}

function planJoin(current: ClusterMap, { up }: ClusterState): PlannedMap | undefined {
  const known = new Set(current.nodes.map(({ id }) => id));
  const joining = up.filter(({ id }) => !known.has(id));
  if (joining.length === 0) return undefined;
  const { epoch, nodes, previousNodes = nodes } = current;
  const grown = {
    ...current,
    epoch: epoch + 1,
    nodes: ordered([...nodes, ...joining.map(asMapNode)]),
    // Of several changes in a row the nodes before the first one hold the data.
    previousNodes,
  };
  return { map: grown, reason: `${joining.map(({ id }) => id).join(', ')} joined` };
}

function planEndOfMove(current: ClusterMap, { syncedEpochs }: ClusterState): PlannedMap | undefined {
  if (current.previousNodes === undefined) return undefined;
  const { epoch, pgCount, replicas, nodes } = current;
  const isSynced = (node: string) => (syncedEpochs.get(node) ?? 0) >= epoch;
  if (!gainingNodes(current).every(isSynced)) return undefined;
  return { map: { epoch: epoch + 1, pgCount, replicas, nodes }, reason: 'the data has moved' };
}

/**
 * A registry without a map is new, or has lost what it had. A map that was seen is put back then; and the
 * epoch goes on from what the nodes know, since they turn away whoever works with an older one.
 */
function planFirstMap(state: ClusterState, policy: MapPolicy): PlannedMap | undefined {
  const { up, firstNodeSeenForMs, lastMap, newestEpochHeard } = state;
  if (up.length === 0) return undefined;
  if (lastMap !== undefined) {
    const epoch = Math.max(lastMap.epoch, newestEpochHeard) + 1;
    return { map: { ...lastMap, epoch }, reason: 'the registry had lost the map' };
  }
  const { replicas, pgCount, expectedNodes, settleMs } = policy;
  if (up.length < expectedNodes && firstNodeSeenForMs < settleMs) return undefined;
  return {
    map: { epoch: newestEpochHeard + 1, pgCount, replicas, nodes: ordered(up.map(asMapNode)) },
    reason: `the first map, with ${up.length} nodes`,
  };
}

function asMapNode({ id, zone, weight }: NodeDetails): MapNode {
  return { id, zone, weight, state: 'in' };
}

function ordered(nodes: readonly MapNode[]): readonly MapNode[] {
  return nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
