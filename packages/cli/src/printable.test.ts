import { expect, test } from 'vitest';
import { printable, sizeText } from './printable.ts';

test('what could steer the terminal or break a line is replaced', () => {
  expect(printable('a\u001B[31mred\tb\nc\u0085d\u2028e\u202Ef')).toBe(
    'a\uFFFD[31mred\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf',
  );
});

test('letters, spaces and emoji stay as they are', () => {
  for (const text of ['crème brûlée', 'りんご', '👩‍🍳', '__proto__']) expect(printable(text)).toBe(text);
});

test('a size is told in the unit that reads best', () => {
  expect([0, 999, 1_000, 3_456, 12_345_678, 5e15].map(sizeText)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '3.5 kB',
    '12.3 MB',
    '5000.0 TB',
  ]);
});
