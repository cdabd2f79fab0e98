import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32 } from './hash.ts';
import { SeededHash } from './seeded-hash.ts';

test('gives the hash of hash.ts for any text under any seed', () => {
  const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 100 }));
  fc.assert(
    fc.property(anyText, fc.array(fc.nat(0xffff_ffff), { minLength: 1 }), (text, seeds) => {
      const hash = new SeededHash(text);
      for (const seed of seeds) expect(hash.under(seed)).toBe(hash32(text, seed));
    }),
  );
});

test('of any length, with and without a rest after stripes and lanes', () => {
  for (let length = 0; length <= 70; length++) {
    const text = 'node-0123456789'.repeat(5).slice(0, length);
    expect(new SeededHash(text).under(length)).toBe(hash32(text, length));
  }
});
