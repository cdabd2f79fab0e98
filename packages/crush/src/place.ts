/*
 * Placement: a cluster map and a key in, the ordered list of the nodes that hold the key out. A pure
 * function of the map, computed once for each placement group of a map object. Relies on maps never
 * changing, and on draws that only depend on the node that draws (straw.ts). Who is up plays no part.
 */
import type { ClusterMap } from './cluster-map.ts';
import { placementGroupOf } from './placement-group.ts';
import { QuickDraws } from './quick-draws.ts';
import { type Candidate, spreadOverZones } from './spread.ts';
import { drawStraw } from './straw.ts';

/** The lists of a map. */
interface Placements {
  /** Those computed so far, by group. */
  readonly lists: (readonly string[] | undefined)[];
  readonly draws: QuickDraws;
}

/** What was computed of a map: bounded by pgCount, and gone with the map. */
const placements = new WeakMap<ClusterMap, Placements>();

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
  const { lists, draws } = placementsOf(map);
  const known = lists[pg];
  if (known !== undefined) return known;
  const list = Object.freeze(computePlacement(map, draws, pg));
  lists[pg] = list;
  return list;
}

function placementsOf(map: ClusterMap): Placements {
  let known = placements.get(map);
  if (known === undefined) {
    const nodes = map.nodes.filter((node) => node.state === 'in');
    known = { lists: Array.from({ length: map.pgCount }), draws: new QuickDraws(nodes, map.replicas) };
    placements.set(map, known);
  }
  return known;
}

interface Straw extends Candidate {
  readonly draw: bigint;
}

/**
 * Every node that is `in` draws once, and the list is read off the order of the draws, one node of each zone
 * before a second of any. This draws a zone by its total weight and then a node within it: the smallest of
 * exponential draws is exponential itself, with the sum of the rates, and by how much the others exceed it does not
 * depend on whose it was (Efraimidis and Spirakis 2006, weighted sampling without replacement). Tempting
 * but wrong is to draw anew for each replica, as CRUSH does, and again when that hits a node or zone
 * already taken: such retries move data between nodes that did not change.
 *
 * The first places are shared exactly in proportion to the weights, and each next place in proportion to the
 * weights of the zones still free. So a zone that outweighs the others together still holds one replica
 * of a group until every zone has one.
 */
function computePlacement(map: ClusterMap, draws: QuickDraws, pg: number): string[] {
  if (!Number.isInteger(pg) || pg < 0 || pg >= map.pgCount) {
    throw new RangeError(`placement group ${pg} is not one of the ${map.pgCount} of this map`);
  }
  const straws = draws
    .candidates(pg)
    .map(({ id, zone, weight }) => ({ id, zone, draw: drawStraw(pg, id, weight) }))
    .toSorted(byDraw);
  return spreadOverZones(straws, map.replicas).map((straw) => straw.id);
}

/** Equal draws are ordered by id in code units: never by position in the map, never by the locale. */
function byDraw(a: Straw, b: Straw): number {
  if (a.draw !== b.draw) return a.draw < b.draw ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
