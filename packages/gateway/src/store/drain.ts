/*
 * Draining: an operator takes a node out, its data moves to the others, and then it may be stopped. And the
 * cancel, which lets it in again. Pure: map-changer.ts writes the maps.
 */
import { gainingNodes, previousMap, type ClusterMap, type MapNode } from '@trolley/crush';
import { findNode, unknownNode, withNode, type WishPlan } from './map-wish.ts';

/** The map with the node drained. @param up the nodes that are up */
export function planDrain(map: ClusterMap | undefined, up: { has(nodeId: string): boolean }, id: string): WishPlan {
  const node = findNode(map, id);
  if (map === undefined || node === undefined) return unknownNode(id);
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
  return { type: 'planned', planned: { map: withNode(map, drained), reason: `${id} is drained` } };
}

/**
 * The map with the node no longer drained: in when it is up or its data has not all moved yet, else out until it comes
 * back.
 */
export function planUndrain(map: ClusterMap | undefined, up: { has(nodeId: string): boolean }, id: string): WishPlan {
  const node = findNode(map, id);
  if (map === undefined || node === undefined) return unknownNode(id);
  if (node.drained !== true) return { type: 'nothing-to-do' };
  const { drained: _, ...undrained } = node;
  // One that is down for a moment in the middle of its drain is as any other that is: its data stays for a while.
  const isHolding = previousMap(map)?.nodes.some((each) => each.id === id && each.state === 'in') === true;
  const back: MapNode = { ...undrained, state: up.has(id) || isHolding ? 'in' : 'out' };
  return { type: 'planned', planned: { map: withNode(map, back), reason: `${id} is no longer drained` } };
}
