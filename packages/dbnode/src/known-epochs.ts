/*
 * Which epochs a node tells its callers. Pure.
 */
import type { ClusterMap } from '@trolley/crush';

/** The epochs that stand in every reply to a batch. */
export interface KnownEpochs {
  /** The newest epoch that this node has heard of; 0 when of none. */
  readonly newest: number;
  /** The newest epoch by which this node holds all that it should; 0 while it may lack something. */
  readonly synced: number;
}

/**
 * The epochs under a map. While data moves the node says that it may lack something: it does not fetch what it
 * gained, and to claim otherwise would end the move without the data. The map keeps the previous nodes meanwhile.
 */
export function knownEpochs(map: ClusterMap | undefined): KnownEpochs {
  const newest = map?.epoch ?? 0;
  return { newest, synced: map?.previousNodes === undefined ? newest : 0 };
}
