/*
 * Decides whether the cluster map should change, and to what. Pure: map-keeper.ts watches the registry
 * and writes. Any gateway may come to the same decision; compare-and-set lets one of them have it.
 */
import type { ClusterMap, MapNode } from '@trolley/crush';
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

/**
 * The map that should follow `current`; undefined when it is right as it is. A node that is down stays
 * in the map: its data stays where it is.
 */
export function planMap(
  current: ClusterMap | undefined,
  up: readonly NodeDetails[],
  firstNodeSeenForMs: number,
  policy: MapPolicy,
): PlannedMap | undefined {
  if (current === undefined) return planFirstMap(up, firstNodeSeenForMs, policy);
  const known = new Set(current.nodes.map(({ id }) => id));
  const joining = up.filter(({ id }) => !known.has(id));
  if (joining.length === 0) return undefined;
  return {
    map: { ...current, epoch: current.epoch + 1, nodes: ordered([...current.nodes, ...joining.map(asMapNode)]) },
    reason: `${joining.map(({ id }) => id).join(', ')} joined`,
  };
}

function planFirstMap(
  up: readonly NodeDetails[],
  firstNodeSeenForMs: number,
  { replicas, pgCount, expectedNodes, settleMs }: MapPolicy,
): PlannedMap | undefined {
  if (up.length === 0) return undefined;
  if (up.length < expectedNodes && firstNodeSeenForMs < settleMs) return undefined;
  return {
    map: { epoch: 1, pgCount, replicas, nodes: ordered(up.map(asMapNode)) },
    reason: `the first map, with ${up.length} nodes`,
  };
}

function asMapNode({ id, zone, weight }: NodeDetails): MapNode {
  return { id, zone, weight, state: 'in' };
}

function ordered(nodes: readonly MapNode[]): readonly MapNode[] {
  return nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
