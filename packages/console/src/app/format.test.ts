import { expect, test } from 'vitest';
import { byteSize, duration, figure, plural } from './format.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [51_167, '51.2 kB'],
  [1_500_000, '1.5 MB'],
  [2e15, '2,000 TB'],
])('%d bytes are %s', (bytes, text) => expect(byteSize(bytes)).toBe(text));

test.each([
  [0, '0'],
  [0.3456, '0.346'],
  [12.44, '12.4'],
  [1234.5, '1,235'],
])('the figure %d is %s', (value, text) => expect(figure(value)).toBe(text));

test.each([
  [-5, '0.0 s'],
  [420, '0.4 s'],
  [12_300, '12 s'],
  [180_000, '3 min'],
  [3 * 3_600_000, '3 h'],
])('%d ms are %s', (value, text) => expect(duration(value)).toBe(text));

test('one thing and several', () => {
  expect([0, 1, 2].map((value) => plural(value, 'key'))).toEqual(['0 keys', '1 key', '2 keys']);
});
