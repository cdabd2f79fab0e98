/*
 * Places all groups of a map ahead of the requests that need them. A map of a hundred nodes takes a moment; one of a
 * thousand, with thousands of groups, some tenths of a second, which no request should have to wait for.
 */
import type { ClusterMap } from './cluster-map.ts';
import { previousMap } from './moving.ts';
import { placeGroup } from './place.ts';

/** Nodes that draw in one slice: a millisecond or two. */
const SLICE_DRAWS = 20_000;

/**
 * Computes the lists of all groups, and those for the previous nodes while data moves: placing by the map is looking up
 * from then on. Yields after each slice, when other work should have its turn; never for a map that is done at once.
 */
export function* placeAllGroups(map: ClusterMap): Generator<undefined, void> {
  let draws = 0;
  for (const part of [map, previousMap(map)].filter((each) => each !== undefined)) {
    for (let pg = 0; pg < part.pgCount; pg++) {
      placeGroup(part, pg);
      draws += part.nodes.length;
      if (draws < SLICE_DRAWS) continue;
      draws = 0;
      yield;
    }
  }
}
