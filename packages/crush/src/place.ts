/*
 * Placement: a cluster map and a key in, the ordered list of the nodes that hold the key out. A pure
 * function of the map, computed once for each group of a map. Relies on maps never changing; who is up
 * plays no part.
 *
 * Every node that is `in` draws once (straw.ts), and the list is read off the order of the draws, one node
 * of each zone before a second of any (spread.ts). This is the same as drawing a zone by its total weight
 * and then a node within it, since the smallest of exponential draws is itself exponential with the sum of the
 * rates, and what a draw exceeds the smallest by does not depend on which was the smallest. CRUSH draws
 * anew for each replica and again on a collision, and such retries move data between nodes that did not
 * change; here a node that comes, goes or changes its weight only moves data to or from itself.
 *
 * The share of the first places is exactly in proportion to the weights. So is that of each later place among the zones
 * still free, so a zone that outweighs the rest cannot hold more than one replica of a group while others have none.
 */
import type { ClusterMap } from './cluster-map.ts';
import { placementGroupOf } from './placement-group.ts';
import { type Candidate, spreadOverZones } from './spread.ts';
import { drawStraw } from './straw.ts';

/** The lists computed so far, by group. Bounded by pgCount; goes away with the map. */
const placements = new WeakMap<ClusterMap, Map<number, readonly string[]>>();

/**
 * The nodes that hold a key, in order of preference: the first that lives coordinates writes.
 *
 * @returns distinct node ids, as many as the map has replicas, or all nodes that are `in` when those are fewer
 */
export function place(map: ClusterMap, key: string): readonly string[] {
  return placeGroup(map, placementGroupOf(key, map.pgCount));
}

/**
 * The nodes that hold a placement group, as `place`. The same frozen list each time for one map object.
 *
 * @param pg an integer in [0, map.pgCount)
 * @throws RangeError for any other number
 */
export function placeGroup(map: ClusterMap, pg: number): readonly string[] {
  let known = placements.get(map);
  if (known === undefined) {
    known = new Map();
    placements.set(map, known);
  }
  let list = known.get(pg);
  if (list === undefined) {
    list = Object.freeze(computePlacement(map, pg));
    known.set(pg, list);
  }
  return list;
}

interface Straw extends Candidate {
  readonly draw: bigint;
}

function computePlacement(map: ClusterMap, pg: number): string[] {
  if (!Number.isInteger(pg) || pg < 0 || pg >= map.pgCount) {
    throw new RangeError(`placement group ${pg} is not one of the ${map.pgCount} of this map`);
  }
  const straws = map.nodes
    .filter((node) => node.state === 'in')
    .map(({ id, zone, weight }) => ({ id, zone, draw: drawStraw(pg, id, weight) }))
    .toSorted(byDraw);
  return spreadOverZones(straws, map.replicas).map((straw) => straw.id);
}

/** Equal draws are ordered by id in code units: never by position in the map, never by the locale. */
function byDraw(a: Straw, b: Straw): number {
  if (a.draw !== b.draw) return a.draw < b.draw ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
