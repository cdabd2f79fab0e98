/*
 * Which replicas a request about a key concerns, and in which order to ask them. While data moves these
 * are the new owners and the old.
 */
import { placeGroup, placementGroupOf, previousMap, type ClusterMap } from '@trolley/crush';
import { StoreError, type ConsistencyLevel, type StoreOptions } from '../store.ts';
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
  const { lists, nodes, quorums } = placedOf(map, placementGroup);
  const inOrder = peers.inAskingOrder(nodes);
  if (inOrder.length === 0) {
    throw new StoreError('NO_REPLICA', `none of the nodes that hold this key is up: ${nodes.join(', ')}`);
  }
  return {
    epoch: map.epoch,
    placementGroup,
    nodes,
    peers: inOrder,
    readSets: r === undefined ? quorums : setsOf(lists, r, 'r'),
    writeSets: w === undefined ? quorums : setsOf(lists, w, 'w'),
  };
}

/** Where a placement group is by one map; the same for every key of it, and every request. */
interface Placed {
  /** As `ownersOf`. */
  readonly lists: readonly (readonly string[])[];
  /** All of them, each once. */
  readonly nodes: readonly string[];
  /** What a request wants that does not say how many are to answer. */
  readonly quorums: readonly ReplicaSet[];
}

/** By placement group; goes away with the map. */
const placedByMap = new WeakMap<ClusterMap, Map<number, Placed>>();

function placedOf(map: ClusterMap, placementGroup: number): Placed {
  let placedGroups = placedByMap.get(map);
  if (placedGroups === undefined) {
    placedGroups = new Map();
    placedByMap.set(map, placedGroups);
  }
  let placed = placedGroups.get(placementGroup);
  if (placed === undefined) {
    const lists = ownersOf(map, placementGroup);
    placed = { lists, nodes: [...new Set(lists.flat())], quorums: setsOf(lists, undefined, 'r') };
    placedGroups.set(placementGroup, placed);
  }
  return placed;
}

function setsOf(lists: Placed['lists'], level: ConsistencyLevel | undefined, name: 'r' | 'w'): readonly ReplicaSet[] {
  return lists.map((nodes) => ({ nodes, required: requiredAnswers(level, nodes.length, name) }));
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
