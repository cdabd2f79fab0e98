import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, spreadOverZones } from './spread.ts';

const anyCandidates: fc.Arbitrary<Candidate[]> = fc
  .array(fc.constantFrom('a', 'b', 'c', '__proto__'), { maxLength: 10 })
  .map((zones) => zones.map((zone, index) => ({ id: `node-${index}`, zone })));

/** The plain way: each time the first candidate whose zone has been used least among the zones with any left. */
function spreadNaively(candidates: readonly Candidate[], count: number): Candidate[] {
  const taken: Candidate[] = [];
  while (taken.length < Math.min(count, candidates.length)) {
    const left = candidates.filter((candidate) => !taken.includes(candidate));
    const uses = left.map(({ zone }) => taken.filter((each) => each.zone === zone).length);
    taken.push(...left.slice(uses.indexOf(Math.min(...uses))).slice(0, 1));
  }
  return taken;
}

test('agrees with taking one at a time from the zone used least', () => {
  fc.assert(
    fc.property(anyCandidates, fc.nat(12), (candidates, count) => {
      expect(spreadOverZones(candidates, count)).toEqual(spreadNaively(candidates, count));
    }),
  );
});

test('goes round again when the zones run out', () => {
  const candidates = ['a', 'a', 'b', 'a', 'b'].map((zone, index) => ({ id: `${zone}${index}`, zone }));
  expect(spreadOverZones(candidates, 4).map(({ id }) => id)).toEqual(['a0', 'b2', 'a1', 'b4']);
  expect(spreadOverZones(candidates, 9).map(({ id }) => id)).toEqual(['a0', 'b2', 'a1', 'b4', 'a3']);
});

test('no candidates, none taken', () => {
  expect(spreadOverZones([], 3)).toEqual([]);
});
