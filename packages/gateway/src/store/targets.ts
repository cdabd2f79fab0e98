/*
 * Which replicas a request about a key concerns, and in which order to ask them. While data moves these
 * are the new owners and the old.
 */
import { placeGroup, placementGroupOf, previousMap, type ClusterMap } from '@trolley/crush';
import { StoreError, type StoreOptions } from '../store.ts';
import { requiredAnswers } from './consistency-level.ts';
import type { Peer, Peers } from './peers.ts';
import type { ReplicaSet } from './quorum.ts';

/** The replicas of a key as one request sees them. */
export interface Targets {
  readonly epoch: number;
  readonly placementGroup: number;
  /** All the nodes that hold the key; the first live one coordinates. */
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
  if (map === undefined) {
    throw new StoreError('NO_CLUSTER_MAP', 'there is no cluster map yet: no storage node has registered');
  }
  const placementGroup = placementGroupOf(key, map.pgCount);
  const lists = ownersOf(map, placementGroup);
  const nodes = [...new Set(lists.flat())];
  const inOrder = peers.inAskingOrder(nodes);
  if (inOrder.length === 0) {
    throw new StoreError('NO_REPLICA', `none of the nodes that hold this key is up: ${nodes.join(', ')}`);
  }
  return {
    epoch: map.epoch,
    placementGroup,
    nodes,
    peers: inOrder,
    readSets: lists.map((list) => ({ nodes: list, required: requiredAnswers(r, list.length, 'r') })),
    writeSets: lists.map((list) => ({ nodes: list, required: requiredAnswers(w, list.length, 'w') })),
  };
}

/**
 * The nodes that hold a placement group; while its data moves, the old ones and then the new. The old come
 * first, so that gateways on either side of the change of the map pick the same coordinator.
 */
export function ownersOf(map: ClusterMap, placementGroup: number): readonly (readonly string[])[] {
  const owners = placeGroup(map, placementGroup);
  const previous = previousMap(map);
  if (previous === undefined) return [owners];
  const previousOwners = placeGroup(previous, placementGroup);
  const isMoving = owners.length !== previousOwners.length || owners.some((node) => !previousOwners.includes(node));
  return isMoving ? [previousOwners, owners] : [owners];
}
