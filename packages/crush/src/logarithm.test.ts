import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LOGARITHM_BITS, negatedLogarithm } from './logarithm.ts';

const HASH_MAX = 2 ** 32 - 1;
// Math.log is fine as a witness: its own error is far below the tolerance.
const TOLERANCE = 2 ** -40;

const anyHash = fc.oneof(
  fc.integer({ min: 0, max: HASH_MAX }),
  fc.integer({ min: 0, max: 31 }).chain((bit) => fc.constantFrom(2 ** bit - 1, 2 ** bit, 2 ** bit + 1)),
  fc.constantFrom(HASH_MAX, HASH_MAX - 1),
);

test('agrees with the real logarithm to 2^-40 over the whole range', () => {
  fc.assert(
    fc.property(anyHash, (hash) => {
      const expected = -Math.log((hash + 0.5) / 2 ** 32);
      expect(Math.abs(negatedLogarithm(hash) / 2 ** LOGARITHM_BITS - expected)).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 5000 },
  );
});

test('is an integer that a double holds exactly, above 0, at the extremes too', () => {
  for (const hash of [0, 1, 2 ** 31 - 1, 2 ** 31, HASH_MAX - 1, HASH_MAX]) {
    const result = negatedLogarithm(hash);
    expect(Number.isSafeInteger(result)).toBe(true);
    expect(result).toBeGreaterThan(0);
  }
});

test('a larger hash never has the larger result, and neighbours differ even where the curve is flattest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: HASH_MAX - 1 }), (hash) => {
      expect(negatedLogarithm(hash)).toBeGreaterThan(negatedLogarithm(hash + 1));
    }),
  );
  expect(negatedLogarithm(HASH_MAX - 1)).toBeGreaterThan(negatedLogarithm(HASH_MAX));
});

test('these exact values are the same on every platform', () => {
  expect([0, 1, 12_345, 2 ** 31, 4_000_000_000, HASH_MAX].map(negatedLogarithm)).toMatchInlineSnapshot(`
    [
      1609604588667636,
      1532296621575911,
      897881452625222,
      48775896609907,
      5006706574155,
      8192,
    ]
  `);
});
