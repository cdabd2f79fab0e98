import { emptyRecord, encodeRecord, productOf, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { mergePages, mergeRecords } from './merge-pages.ts';

const isOwned = () => true;
const text = (actor: string, quantity: number) => encodeRecord(write(emptyRecord, actor, [['quantity', quantity]]));

test('a key past the end of what some node has told waits for the next page', () => {
  const slow = {
    entries: [
      ['a', text('n1', 1)],
      ['b', text('n1', 1)],
    ] as const,
    more: true,
    isOwned,
  };
  const fast = {
    entries: [
      ['a', text('n1', 1)],
      ['c', text('n1', 1)],
    ] as const,
    more: false,
    isOwned,
  };
  const page = mergePages([slow, fast], 10, mergeRecords);
  expect(page.entries.map(({ key }) => key)).toEqual(['a', 'b']);
  expect(page.next).toBe('b');
});

test('what nodes hold apart is merged', () => {
  const page = mergePages(
    [
      { entries: [['a', text('n1', 5)]], more: false, isOwned },
      { entries: [['a', text('n2', 3)]], more: false, isOwned },
    ],
    10,
    mergeRecords,
  );
  expect(page.entries.map(({ record }) => productOf(record)?.quantity)).toEqual([3]);
  expect(page.next).toBeUndefined();
});

test('no pages, no entries', () => {
  expect(mergePages([], 10, mergeRecords)).toEqual({ entries: [], next: undefined });
});

test('a page of nothing but records that do not count is gone past, not taken for the end', () => {
  const strange = { entries: [['a', text('n1', 1)]] as const, more: true, isOwned: () => false };
  const own = { entries: [['b', text('n2', 1)]] as const, more: false, isOwned };
  expect(mergePages([strange, own], 10, mergeRecords)).toEqual({ entries: [], next: 'a' });
});
