import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32 } from './hash.ts';
import { placementGroupOf } from './placement-group.ts';

test('the group of a key is its XXH32 with seed 0, modulo the number of groups', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 65_536 }), (key, pgCount) => {
      const pg = placementGroupOf(key, pgCount);
      expect(pg).toBe(hash32(key, 0) % pgCount);
      expect(pg).toBeGreaterThanOrEqual(0);
      expect(pg).toBeLessThan(pgCount);
    }),
  );
});

test('keys spread evenly over the groups', () => {
  const pgCount = 256;
  const counts = Array.from({ length: pgCount }, () => 0);
  const expected = 100;
  for (let index = 0; index < pgCount * expected; index++) {
    const pg = placementGroupOf(`user:person${index}@example.com`, pgCount);
    counts[pg] = (counts[pg] ?? 0) + 1;
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 255 degrees of freedom: 347 lies four standard deviations above the mean.
  expect(chiSquare).toBeLessThan(347);
});
