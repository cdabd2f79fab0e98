import { expect, test } from 'vitest';
import { axisUpTo, scaled } from './scale.ts';

test.each([
  [97, 4, [0, 25, 50, 75, 100]],
  [100, 4, [0, 25, 50, 75, 100]],
  [467, 4, [0, 200, 400, 600]],
  [3.2, 4, [0, 1, 2, 3, 4]],
  [0.35, 4, [0, 0.1, 0.2, 0.3, 0.4]],
  [1, 4, [0, 0.25, 0.5, 0.75, 1]],
  [0, 4, [0, 0.25, 0.5, 0.75, 1]],
  [Number.NaN, 4, [0, 0.25, 0.5, 0.75, 1]],
])('an axis up to %d in %i steps', (most, steps, ticks) => {
  expect(axisUpTo(most, steps)).toEqual({ ticks, end: ticks.at(-1) });
});

test('the end is never below the most', () => {
  for (let most = 0.001; most < 100_000; most *= 1.37) {
    const { end, ticks } = axisUpTo(most, 4);
    expect(end).toBeGreaterThanOrEqual(most);
    expect(ticks.length).toBeLessThanOrEqual(6);
  }
});

test('values stand in proportion', () => {
  expect(scaled(50, 200, 300)).toBe(75);
  expect(scaled(5, 0, 300)).toBe(0);
});
