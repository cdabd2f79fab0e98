import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestText, groupsOf, runsOf } from './digest-text.ts';

test('groups come back from their runs', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(63)), (groups) => {
      const ascending = groups.toSorted((a, b) => a - b);
      expect(groupsOf(runsOf(ascending), 64)).toEqual(ascending);
    }),
  );
  expect(runsOf([0, 1, 2, 5, 7, 8])).toEqual([
    [0, 2],
    [5, 5],
    [7, 8],
  ]);
});

test('groups that there are not, or too many of them, are none', () => {
  expect(groupsOf([[0, 64]], 64)).toBeUndefined();
  expect(groupsOf([[0, 4_000_000_000]], 64)).toBeUndefined();
  expect(
    groupsOf(
      [
        [0, 63],
        [0, 63],
      ],
      64,
    ),
  ).toBeUndefined();
  expect(groupsOf([], 0)).toEqual([]);
});

test('a digest has 16 digits, whatever its halves', () => {
  expect(digestText({ high: 0, low: 1 })).toBe('0000000000000001');
  expect(digestText({ high: 0xffff_ffff, low: 0xab })).toBe('ffffffff000000ab');
});
