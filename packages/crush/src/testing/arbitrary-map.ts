/*
 * Random cluster maps for property tests: up to 12 nodes in up to 5 zones, hostile ids among them, nodes
 * `in` and `out`, and more replicas than nodes or zones at times.
 */
import * as fc from 'fast-check';
import type { ClusterMap, MapNode } from '../cluster-map.ts';

const NODES_MAX = 12;

const hostileNames = [
  '__proto__',
  'constructor',
  'toString',
  'caf\u00e9',
  'cafe\u0301',
  '🍎',
  ' ',
  '0',
  '-1',
  '\u0000',
];

const id = fc.oneof(
  fc.integer({ min: 0, max: 999 }).map((number) => `node-${number}`),
  fc.constantFrom(...hostileNames),
);

const zone = fc.constantFrom('a', 'b', 'c', '__proto__', '');

/** Weights of ordinary and of extreme size, in steps that the fixed point holds exactly and between them. */
export const anyWeight = fc.oneof(
  fc.constantFrom(1, 2, 0.5, 1 / 65_536, 65_535),
  fc.double({ min: 0.01, max: 100, noNaN: true }),
);

const node: fc.Arbitrary<MapNode> = fc.record({
  id,
  zone,
  weight: anyWeight,
  state: fc.constantFrom('in', 'in', 'in', 'out'),
});

/** Any map with distinct ids and at least one node, which may be `out`. */
export const anyMap: fc.Arbitrary<ClusterMap> = fc.record({
  epoch: fc.integer({ min: 1, max: 1000 }),
  pgCount: fc.constantFrom(1, 7, 32),
  replicas: fc.integer({ min: 1, max: 6 }),
  nodes: fc.uniqueArray(node, { minLength: 1, maxLength: NODES_MAX, selector: (each) => each.id }),
});

/** All placement groups of a map. */
export function groupsOf(map: ClusterMap): number[] {
  return Array.from({ length: map.pgCount }, (_, pg) => pg);
}

/** Nodes that are `in`: `count` of each zone, named after it, all of one weight. */
export function nodesIn(zones: readonly string[], count: number, weight = 1): MapNode[] {
  return zones.flatMap((each) =>
    Array.from({ length: count }, (_, index): MapNode => ({ id: `${each}-${index}`, zone: each, weight, state: 'in' })),
  );
}
