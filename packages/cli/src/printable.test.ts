import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('what could steer the terminal or break a line is replaced', () => {
  expect(printable('a\u001B[31mred\tb\nc\u0085d\u2028e\u202Ef')).toBe(
    'a\uFFFD[31mred\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf',
  );
});

test('letters, spaces and emoji stay as they are', () => {
  for (const text of ['crème brûlée', 'りんご', '👩‍🍳', '__proto__']) expect(printable(text)).toBe(text);
});
