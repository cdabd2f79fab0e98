/*
 * Forgetting: an operator says that a node is gone for good, and the map loses it. Only one that is down and holds
 * nothing any more by the map, so that no key is placed elsewhere by it. Pure.
 */
import type { ClusterMap } from '@trolley/crush';
import { findNode, unknownNode, type WishPlan } from './map-wish.ts';

/** The map without the node. @param up the nodes that are up */
export function planForget(map: ClusterMap | undefined, up: { has(nodeId: string): boolean }, id: string): WishPlan {
  const node = findNode(map, id);
  if (map === undefined || node === undefined) return unknownNode(id);
  if (up.has(id)) {
    const reason = `${id} is up, and would be in the map again at once. Drain it and stop it first.`;
    return { type: 'refused', code: 'NODE_IS_UP', reason };
  }
  if (node.state === 'in') {
    const reason = `Data is placed on ${id}. Drain it first, so that the others copy its data from each other.`;
    return { type: 'refused', code: 'NODE_HOLDS_DATA', reason };
  }
  const held = map.previousNodes?.find((each) => each.id === id);
  if (held?.state === 'in') {
    const reason = `What ${id} held is still on the way to the others; wait until that has ended.`;
    return { type: 'refused', code: 'NODE_HOLDS_DATA', reason };
  }
  const nodes = map.nodes.filter((each) => each.id !== id);
  return { type: 'planned', planned: { map: { ...map, epoch: map.epoch + 1, nodes }, reason: `${id} is forgotten` } };
}
