/*
 * What an operator may do to the cluster map: a port that the store fills in. It changes the map and no
 * processes, so it works without a launcher.
 */

/** Why a node cannot be drained now; stable codes. */
export type DrainRefusal =
  | 'UNKNOWN_NODE'
  /** The rest could not hold as many replicas. */
  | 'TOO_FEW_NODES'
  /** It is being given data at this moment. */
  | 'NODE_IS_GAINING_DATA';

/** What became of a wish. */
export type MapChangeOutcome =
  /** It is so from this epoch on; `changed` is false when it was so already. */
  | { readonly type: 'done'; readonly epoch: number; readonly changed: boolean }
  | { readonly type: 'refused'; readonly code: DrainRefusal; readonly reason: string }
  /** The map could not be written: the registry is away, or others change it all the time. */
  | { readonly type: 'unavailable'; readonly reason: string };

/** Changes who holds data. */
export interface ClusterControl {
  /** Takes a node out for good: its data moves to the others, and then it may be stopped. Never throws. */
  drain(nodeId: string): Promise<MapChangeOutcome>;
  /** Lets a drained node in again. Never throws. */
  undrain(nodeId: string): Promise<MapChangeOutcome>;
}
