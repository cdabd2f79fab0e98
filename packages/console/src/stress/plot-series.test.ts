import { expect, test } from 'vitest';
import { linePath, thinned } from './plot-series.ts';

test('a line goes from the left to the right, and up as values grow', () => {
  const points = [
    { atMs: 0, value: 0 },
    { atMs: 500, value: 50 },
    { atMs: 1_000, value: 100 },
  ];
  expect(linePath(points, 1_000, 100)).toBe('M0 1000L500 500L1000 0');
});

test('nothing to show is no line, a single point is a dot, and nothing leaves the plot', () => {
  expect(linePath([], 1_000, 100)).toBe('');
  expect(linePath([{ atMs: 0, value: 500 }], 1_000, 100)).toBe('M0 0h0');
});

test('a table gets about so many points, and always the last', () => {
  const points = Array.from({ length: 95 }, (_, index) => index);
  expect(thinned(points, 10)).toEqual([4, 14, 24, 34, 44, 54, 64, 74, 84, 94]);
  expect(thinned([1, 2, 3], 10)).toEqual([1, 2, 3]);
  expect(thinned([], 10)).toEqual([]);
});
