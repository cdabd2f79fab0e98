import { expect, test } from 'vitest';
import { appendBounded } from './append-bounded.ts';

test('keeps the last entries of both lists together', () => {
  expect(appendBounded([1, 2], [3], 5)).toEqual([1, 2, 3]);
  expect(appendBounded([1, 2, 3], [4, 5], 4)).toEqual([2, 3, 4, 5]);
  expect(appendBounded([1, 2], [3, 4], 2)).toEqual([3, 4]);
  expect(appendBounded([1, 2], [3, 4, 5], 2)).toEqual([4, 5]);
  expect(appendBounded([1, 2], [], 2)).toEqual([1, 2]);
});
