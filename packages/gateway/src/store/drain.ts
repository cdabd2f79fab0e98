/*
 * Draining: an operator takes a node out, its data moves to the others, and then it may be stopped. And the
 * cancel, which lets it in again. Pure: map-changer.ts writes the maps.
 */
import { gainingNodes, type ClusterMap, type MapNode } from '@trolley/crush';
import type { DrainRefusal } from '../cluster-control.ts';
import { withNodes, type PlannedMap } from './plan-map.ts';

/** What becomes of the wish. */
export type DrainPlan =
  | { readonly type: 'planned'; readonly planned: PlannedMap }
  /** It is so already. */
  | { readonly type: 'nothing-to-do' }
  | { readonly type: 'refused'; readonly code: DrainRefusal; readonly reason: string };

/** The map with the node drained. @param up the nodes that are up */
export function planDrain(map: ClusterMap | undefined, up: { has(nodeId: string): boolean }, id: string): DrainPlan {
  const node = find(map, id);
  if (map === undefined || node === undefined) return unknown(id);
  if (node.drained === true) return { type: 'nothing-to-do' };
  const left = map.nodes.filter((each) => each.id !== id && each.state === 'in' && up.has(each.id)).length;
  if (node.state === 'in' && left < map.replicas) {
    const reason = `Without ${id}, ${left} nodes would be up and in, too few for ${map.replicas} replicas of each key.`;
    return { type: 'refused', code: 'TOO_FEW_NODES', reason };
  }
  // One that is down will not get what it gains: to drain it lets the move go on without it.
  if (up.has(id) && gainingNodes(map).includes(id)) {
    const reason = `Data is moving to ${id} at this moment; wait until that has ended.`;
    return { type: 'refused', code: 'NODE_IS_GAINING_DATA', reason };
  }
  const drained: MapNode = { ...node, state: 'out', drained: true };
  return { type: 'planned', planned: { map: replaced(map, drained), reason: `${id} is drained` } };
}

/** The map with the node no longer drained: in when it is up, else out until it comes back. */
export function planUndrain(map: ClusterMap | undefined, up: { has(nodeId: string): boolean }, id: string): DrainPlan {
  const node = find(map, id);
  if (map === undefined || node === undefined) return unknown(id);
  if (node.drained !== true) return { type: 'nothing-to-do' };
  const { zone, weight } = node;
  const back: MapNode = { id, zone, weight, state: up.has(id) ? 'in' : 'out' };
  return { type: 'planned', planned: { map: replaced(map, back), reason: `${id} is no longer drained` } };
}

function find(map: ClusterMap | undefined, id: string): MapNode | undefined {
  return map?.nodes.find((node) => node.id === id);
}

function replaced(map: ClusterMap, node: MapNode): ClusterMap {
  return withNodes(
    map,
    map.nodes.map((each) => (each.id === node.id ? node : each)),
  );
}

function unknown(id: string): DrainPlan {
  return { type: 'refused', code: 'UNKNOWN_NODE', reason: `The cluster map has no node ${id}.` };
}
