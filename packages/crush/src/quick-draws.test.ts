/*
 * The few that are looked at closely, against all that there are.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MapNode } from './cluster-map.ts';
import { QuickDraws } from './quick-draws.ts';
import { spreadOverZones } from './spread.ts';
import { drawStraw } from './straw.ts';
import { WEIGHT_MAX, WEIGHT_MIN } from './weight.ts';

const anyWeight = fc.oneof(
  fc.constantFrom(1, WEIGHT_MIN, WEIGHT_MAX, 1 + WEIGHT_MIN),
  fc.double({ min: WEIGHT_MIN, max: WEIGHT_MAX, noNaN: true }),
);

function anyNodes(zones: number): fc.Arbitrary<MapNode[]> {
  const node = fc.record({ zone: fc.nat(zones - 1).map((zone) => `zone-${zone}`), weight: anyWeight });
  return fc
    .array(node, { minLength: 1, maxLength: 60 })
    .map((nodes) => nodes.map((each, index) => ({ ...each, id: `node-${index}`, state: 'in' as const })));
}

/** The list that all of the nodes make, by their exact draws alone. */
function listOf(nodes: readonly MapNode[], pg: number, replicas: number): string[] {
  const straws = nodes.map(({ id, zone, weight }) => ({ id, zone, draw: drawStraw(pg, id, weight) }));
  straws.sort((a, b) => (a.draw === b.draw ? (a.id < b.id ? -1 : 1) : a.draw < b.draw ? -1 : 1));
  return spreadOverZones(straws, replicas).map(({ id }) => id);
}

test('the candidates make the list that all nodes make, whatever their zones and weights', () => {
  const anyCase = fc.integer({ min: 1, max: 8 }).chain((zones) => anyNodes(zones));
  fc.assert(
    fc.property(anyCase, fc.integer({ min: 1, max: 6 }), fc.nat(65_000), (nodes, replicas, firstPg) => {
      const draws = new QuickDraws(nodes, replicas);
      for (let pg = firstPg; pg < firstPg + 5; pg++) {
        expect(listOf(draws.candidates(pg), pg, replicas)).toEqual(listOf(nodes, pg, replicas));
      }
    }),
    { numRuns: 1000 },
  );
});

test('of many nodes few are candidates', () => {
  const nodes = Array.from({ length: 1000 }, (_, index) => {
    return { id: `node-${index}`, zone: `zone-${index % 10}`, weight: 1 + (index % 3), state: 'in' } as const;
  });
  const draws = new QuickDraws(nodes, 3);
  const counts = Array.from({ length: 200 }, (_, pg) => draws.candidates(pg).length);
  expect(Math.max(...counts)).toBeLessThan(40);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(3);
});
