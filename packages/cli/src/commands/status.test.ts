import { expect, test } from 'vitest';
import { ageText } from './status.ts';

test.each([
  [-5_000, '0 s'],
  [12_400, '12 s'],
  [99_000, '99 s'],
  [100_000, '2 min'],
  [5_940_000, '99 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 days'],
])('%i ms are %s', (ageMs, text) => {
  expect(ageText(ageMs)).toBe(text);
});
