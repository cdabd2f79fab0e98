import { expect, test } from 'vitest';
import { medianOf, ratiosOf } from './statistics.ts';

test.each([
  [[3], 3],
  [[10, 9, 100], 10],
  [[4, 1, 3, 2], 2.5],
  [[2, 10, 1], 2],
])('the median of %j is %d', (values, median) => {
  expect(medianOf(values)).toBe(median);
});

test('there is no median of nothing', () => {
  expect(() => medianOf([])).toThrow(RangeError);
});

test('ratios are taken pair by pair', () => {
  expect(ratiosOf([1, 6, 0], [2, 3, 5])).toEqual([0.5, 2, 0]);
  expect(() => ratiosOf([1], [1, 2])).toThrow(RangeError);
});
