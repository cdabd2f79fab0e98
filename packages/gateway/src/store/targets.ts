/*
 * Which replicas a request about a key concerns, and in which order to ask them.
 */
import { place, placementGroupOf, type ClusterMap } from '@trolley/crush';
import { StoreError, type StoreOptions } from '../store.ts';
import { requiredAnswers } from './consistency-level.ts';
import type { Peer, Peers } from './peers.ts';
import type { ReplicaSet } from './quorum.ts';

/** The replicas of a key as one request sees them. */
export interface Targets {
  readonly placementGroup: number;
  /** All the nodes that hold the key, in the order of placement. */
  readonly nodes: readonly string[];
  /** Those that can be called, in the order to ask them. */
  readonly peers: readonly Peer[];
  readonly readSets: readonly ReplicaSet[];
  readonly writeSets: readonly ReplicaSet[];
}

/**
 * Finds the replicas of a key.
 * @throws StoreError NO_CLUSTER_MAP, LEVEL_TOO_HIGH, or NO_REPLICA when none can be called.
 */
export function targetsOf(
  key: string,
  map: ClusterMap | undefined,
  peers: Peers,
  { r, w }: Pick<StoreOptions, 'r' | 'w'>,
): Targets {
  if (map === undefined)
    throw new StoreError('NO_CLUSTER_MAP', 'there is no cluster map yet: no storage node has registered');
  const nodes = place(map, key);
  const inOrder = peers.inAskingOrder(nodes);
  const readSets = [{ nodes, required: requiredAnswers(r, nodes.length, 'r') }];
  const writeSets = [{ nodes, required: requiredAnswers(w, nodes.length, 'w') }];
  if (inOrder.length === 0)
    throw new StoreError('NO_REPLICA', `none of the nodes that hold this key is up: ${nodes.join(', ')}`);
  return { placementGroup: placementGroupOf(key, map.pgCount), nodes, peers: inOrder, readSets, writeSets };
}
