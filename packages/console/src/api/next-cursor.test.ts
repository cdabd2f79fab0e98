import { expect, test } from 'vitest';
import { nextCursor } from './next-cursor.ts';

test.each([
  ['</productslist?limit=2&cursor=all-purpose+cleaner>; rel="next"', 'all-purpose cleaner'],
  ['</items?kind=book&q=a%26b&cursor=book-0341>; rel="next"', 'book-0341'],
  ['</items?kind=book>; rel="next"', undefined],
  ['', undefined],
])('%s leads to %s', (link, cursor) => {
  expect(nextCursor(new Headers(link === '' ? {} : { link }))).toBe(cursor);
});
