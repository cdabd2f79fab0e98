/*
 * Weighing: an operator says how much of the data a node should hold, whatever the node says of itself when it
 * registers; or leaves that to the node again. Pure.
 */
import type { ClusterMap, MapNode } from '@trolley/crush';
import { findNode, relabelled, unknownNode, withNode, type WishPlan } from './map-wish.ts';

/**
 * The map with the node's weight set.
 * @param weight undefined leaves it to the node
 * @param registered the weight that the node says it has; undefined while it is down, when it keeps the present one
 */
export function planWeight(
  map: ClusterMap | undefined,
  id: string,
  { weight, registered }: { readonly weight: number | undefined; readonly registered: number | undefined },
): WishPlan {
  const node = findNode(map, id);
  if (map === undefined || node === undefined) return unknownNode(id);
  const { weightSet, ...unset } = node;
  const next: MapNode =
    weight === undefined ? { ...unset, weight: registered ?? node.weight } : { ...node, weight, weightSet: true };
  const reason = weight === undefined ? `${id} has its own weight again` : `${id} is given weight ${weight}`;
  if (next.weight !== node.weight) return { type: 'planned', planned: { map: withNode(map, next), reason } };
  if ((weightSet === true) === (weight !== undefined)) return { type: 'nothing-to-do' };
  return { type: 'planned', planned: { map: relabelled(map, next), reason } };
}
