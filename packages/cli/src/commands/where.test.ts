import { expect, test } from 'vitest';
import { valueText } from './where.ts';

test.each([
  [undefined, '-'],
  [null, '-'],
  [{ quantity: 0 }, '0'],
  [{ cart: {} }, 'empty cart'],
  [{ cart: { apple: 1, milk: 2 } }, 'apple 1, milk 2'],
  [JSON.parse('{"cart": {"__proto__": 2}}'), '__proto__ 2'],
  [{ cart: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1 } }, 'a 1, b 1, c 1, d 1, e 1, f 1 and 2 more'],
  [{ colour: 'red' }, '{"colour":"red"}'],
  ['text', '"text"'],
])('%j reads %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});
