import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawStraw } from './straw.ts';
import { anyWeight } from './testing/arbitrary-map.ts';
import { WEIGHT_MAX, WEIGHT_MIN } from './weight.ts';

test('a draw is a positive integer, for the extreme weights too', () => {
  for (let pg = 0; pg < 1000; pg++) {
    expect(drawStraw(pg, 'node-1', WEIGHT_MAX)).toBeGreaterThan(0n);
    expect(drawStraw(pg, 'node-1', WEIGHT_MIN)).toBeGreaterThan(drawStraw(pg, 'node-1', WEIGHT_MAX));
  }
});

test('more weight never makes the draw of a node larger', () => {
  fc.assert(
    fc.property(fc.nat(65_535), fc.string(), anyWeight, anyWeight, (pg, id, one, other) => {
      const [light, heavy] = one < other ? [one, other] : [other, one];
      expect(drawStraw(pg, id, heavy)).toBeLessThanOrEqual(drawStraw(pg, id, light));
    }),
  );
});

test('weights closer than one step of the fixed point draw alike', () => {
  expect(drawStraw(3, 'node-1', 1 + WEIGHT_MIN / 4)).toBe(drawStraw(3, 'node-1', 1));
  expect(drawStraw(3, 'node-1', 1 + WEIGHT_MIN)).toBeLessThan(drawStraw(3, 'node-1', 1));
});
