/*
 * Sealed JSON: what is read is what was written, or it is said to be damaged.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, SealWriter, unseal } from './seal.ts';

describe('a seal', () => {
  it('gives back what was sealed', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const unsealed = unseal(seal({ value }));
        expect(unsealed).toMatchObject({ kind: 'intact', value: JSON.parse(JSON.stringify({ value })) });
      }),
    );
  });

  it('is the same whether written whole or in pieces', () => {
    const writer = new SealWriter();
    const pieces = [writer.piece('{"a":1,'), writer.piece('"b":"ä'), writer.end('🍎"')];
    expect(Buffer.concat(pieces)).toEqual(seal({ a: 1, b: 'ä🍎' }));
  });

  it('breaks with any flipped bit and at any length', () => {
    const sealed = seal({ name: 'fig', quantity: 3 });
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unseal(flipped).kind).toBe('damaged');
    }
    for (let length = 0; length < sealed.length; length++)
      expect(unseal(sealed.subarray(0, length)).kind).toBe('damaged');
  });
});
