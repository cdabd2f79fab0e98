import { expect, test } from 'vitest';
import { fixedPointWeight, WEIGHT_MAX, WEIGHT_MIN } from './weight.ts';

test.each([
  [1, 65_536],
  [0.5, 32_768],
  [WEIGHT_MIN, 1],
  [WEIGHT_MAX, 65_535 * 65_536],
  // 6553.6 and 66191.36 steps
  [0.1, 6554],
  [1.01, 66_191],
])('the weight %d has %d steps, to the nearest', (weight, steps) => {
  expect(fixedPointWeight(weight)).toBe(steps);
});
