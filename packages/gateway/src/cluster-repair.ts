/*
 * Having nodes compare all that they hold with each other now, and following how far they are: a port that the
 * store fills in. What heals, and how, is the nodes' own business; the runs are remembered there.
 */
import type { RepairRun } from '@trolley/cluster';

/** One node, and the latest full comparison that it began. */
export interface NodeRepair {
  readonly node: string;
  readonly up: boolean;
  /** Null when it never began one since it started, or did not answer. */
  readonly run: RepairRun | null;
  /** Why it did not answer; null when it did, or is down. */
  readonly error: string | null;
}

/** The full comparisons of the nodes that hold data. */
export interface ClusterRepair {
  /**
   * Has one node compare with all others, or each node when none is named; resolves once they have begun.
   * @returns ordered by node; undefined when the map places no data on the named node. Never rejects.
   */
  begin(nodeId: string | undefined, requestId: string): Promise<readonly NodeRepair[] | undefined>;
  /** How far they are, ordered by node. Never rejects. */
  runs(requestId: string): Promise<readonly NodeRepair[]>;
}
