import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SmallestKeys } from './smallest-keys.ts';

test('are those that sorting all would put first, whatever the order they come in', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 8 }), (keys, max) => {
      const smallest = new SmallestKeys<number>(max);
      for (const [index, key] of keys.entries()) if (smallest.wants(key)) smallest.add(key, index);
      const all = keys.map((key, index) => [key, index] as const);
      const expected = all.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, max);
      expect(smallest.sorted).toEqual(expected);
    }),
  );
});

test('turn away what is too large once there are enough', () => {
  const smallest = new SmallestKeys<null>(2);
  for (const key of ['d', 'c', 'b', 'a']) smallest.add(key, null);
  expect(['a', 'b', 'c'].map((key) => smallest.wants(key))).toEqual([true, false, false]);
});
