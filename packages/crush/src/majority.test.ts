import { expect, test } from 'vitest';
import { majorityOf } from './majority.ts';

test.each([1, 2, 3, 4, 5, 6, 7, 16])('any two majorities of %i replicas share one, and one fewer would not', (n) => {
  const majority = majorityOf(n);
  expect(2 * majority).toBeGreaterThan(n);
  expect(2 * (majority - 1)).toBeLessThanOrEqual(n);
});
