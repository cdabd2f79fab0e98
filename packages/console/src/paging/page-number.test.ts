import { expect, test } from 'vitest';
import { pageNumber, pageText } from './page-number.ts';

test.each([
  [undefined, 1],
  ['', 1],
  ['1', 1],
  ['17', 17],
  ['0', 1],
  ['-3', 1],
  ['2.5', 1],
  ['1e3', 1],
  ['999999', 10_000],
])('%j is page %i', (text, number) => {
  expect(pageNumber(text)).toBe(number);
});

test('the first page is not in the address', () => {
  expect([pageText(1), pageText(2)]).toEqual([undefined, '2']);
});
