/*
 * The cluster map: which nodes hold data, where they stand, and how much each should hold.
 * Everything that places a key works from one map; a map never changes, a change makes a map with a
 * higher epoch.
 */

/** Whether a node holds data. Being up or down is another matter, and not in the map. */
type NodeState = 'in' | 'out';

/** One storage node as placement sees it. */
export interface MapNode {
  readonly id: string;
  /** What fails together: a rack, a room, a data centre. Replicas go to distinct zones while there are enough. */
  readonly zone: string;
  /** Share of the data, relative to the other nodes; above 0, finite. */
  readonly weight: number;
  /** Set when an operator chose the weight: it stays, whatever the node says of itself. */
  readonly weightSet?: true;
  readonly state: NodeState;
  /** Set when an operator took the node out: it stays out, also when it comes back. Only with the state `out`. */
  readonly drained?: true;
}

/** A versioned description of the cluster, enough to place every key. */
export interface ClusterMap {
  /** Grows by one with each change of the map. */
  readonly epoch: number;
  /** Number of placement groups; set when the cluster is made and never changed. */
  readonly pgCount: number;
  /** Replication factor n; fewer nodes than that hold fewer replicas. */
  readonly replicas: number;
  readonly nodes: readonly MapNode[];
  /**
   * Set while data moves: the nodes as they were before the change. Until those that gained placement
   * groups have fetched them, the replicas by these nodes count as well.
   */
  readonly previousNodes?: readonly MapNode[];
}
