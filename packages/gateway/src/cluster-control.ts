/*
 * What an operator may do to the cluster map: a port that the store fills in. It changes the map and no
 * processes, so it works without a launcher.
 */

/** Why the map is not changed; stable codes. */
export type MapChangeRefusal =
  | 'UNKNOWN_NODE'
  /** The rest could not hold as many replicas. */
  | 'TOO_FEW_NODES'
  /** It is being given data at this moment. */
  | 'NODE_IS_GAINING_DATA'
  /** It would join again at once. */
  | 'NODE_IS_UP'
  /** Data is placed on it, or was and has not been copied yet. */
  | 'NODE_HOLDS_DATA';

/** What became of a wish. */
export type MapChangeOutcome =
  /** It is so from this epoch on; `changed` is false when it was so already. */
  | { readonly type: 'done'; readonly epoch: number; readonly changed: boolean }
  | { readonly type: 'refused'; readonly code: MapChangeRefusal; readonly reason: string }
  /** The map could not be written: the registry is away, or others change it all the time. */
  | { readonly type: 'unavailable'; readonly reason: string };

/** Changes who holds data. */
export interface ClusterControl {
  /** Takes a node out for good: its data moves to the others, and then it may be stopped. Never throws. */
  drain(nodeId: string): Promise<MapChangeOutcome>;
  /** Lets a drained node in again. Never throws. */
  undrain(nodeId: string): Promise<MapChangeOutcome>;
  /** Says how much of the data a node should hold; undefined leaves it to the node again. Never throws. */
  weigh(nodeId: string, weight: number | undefined): Promise<MapChangeOutcome>;
  /** Takes a node off the map that is gone for good. Never throws. */
  forget(nodeId: string): Promise<MapChangeOutcome>;
}
