import { expect, test } from 'vitest';
import { hash32 } from './hash.ts';

test.each([
  ['', 0, 0x02cc5d05],
  ['abc', 0, 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
])('the hash of %j is the published XXH32', (text, seed, expected) => {
  expect(hash32(text, seed)).toBe(expected);
});

test('a text is hashed as UTF-8, of any length, and earlier texts leave no trace', () => {
  const apple = hash32('🍎', 0);
  hash32('x'.repeat(1_000_000), 0);
  expect(hash32('🍎', 0)).toBe(apple);
  // A lone surrogate has no UTF-8; it is hashed as the replacement character.
  expect(hash32('\ud83c', 0)).toBe(hash32('\ufffd', 0));
});

test('seeds give different hashes, unsigned also when the top bit is set', () => {
  const hashes = Array.from({ length: 1000 }, (_, seed) => hash32('node-1', seed));
  expect(new Set(hashes).size).toBe(1000);
  expect(Math.min(...hashes)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...hashes)).toBeGreaterThan(0x7fff_ffff);
});
