/*
 * What becomes of an operator's wish to change the map, and what the wishes share. Pure: map-changer.ts writes the maps.
 */
import type { ClusterMap, MapNode } from '@trolley/crush';
import type { MapChangeRefusal } from '../cluster-control.ts';
import { withNodes, type PlannedMap } from './plan-map.ts';

/** What becomes of a wish. */
export type WishPlan =
  | { readonly type: 'planned'; readonly planned: PlannedMap }
  /** It is so already. */
  | { readonly type: 'nothing-to-do' }
  | { readonly type: 'refused'; readonly code: MapChangeRefusal; readonly reason: string };

/** A node of the map. */
export function findNode(map: ClusterMap | undefined, id: string): MapNode | undefined {
  return map?.nodes.find((node) => node.id === id);
}

/** The map with one node in place of the one with its id; data moves accordingly. */
export function withNode(map: ClusterMap, node: MapNode): ClusterMap {
  return withNodes(map, nodesWith(map, node));
}

/** The same where the change places no key elsewhere: no data moves, and a move that is under way goes on. */
export function relabelled(map: ClusterMap, node: MapNode): ClusterMap {
  return { ...map, epoch: map.epoch + 1, nodes: nodesWith(map, node) };
}

/** The refusal of a node that the map does not know. */
export function unknownNode(id: string): WishPlan {
  return { type: 'refused', code: 'UNKNOWN_NODE', reason: `The cluster map has no node ${id}.` };
}

function nodesWith({ nodes }: ClusterMap, node: MapNode): readonly MapNode[] {
  return nodes.map((each) => (each.id === node.id ? node : each));
}
