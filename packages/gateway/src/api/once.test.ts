import { describe, expect, it } from 'vitest';
import { onceOf } from './once.ts';

const ACTION = { type: 'add-to-product', quantity: 1 } as const;

const once = (key: string | undefined, request = 'POST /product', recordKey = 'product:apple') =>
  onceOf(key, request, recordKey, ACTION, 99);

describe('what a record remembers of a request', () => {
  it('is nothing without a key', () => {
    expect(once(undefined)).toBe(undefined);
  });

  it('is an id of the key, a fingerprint of what was asked, and an end', () => {
    const remembered = once('k');
    expect(remembered).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      fingerprint: expect.stringMatching(/^[\w-]{16}$/),
      expiresAtMs: 99,
    });
    expect(once('k')).toEqual(remembered);
    expect(once('K')?.id).not.toBe(remembered?.id);
    expect(once('K')?.fingerprint).toBe(remembered?.fingerprint);
    expect(once('k', 'POST /other')?.fingerprint).not.toBe(remembered?.fingerprint);
    expect(once('k', 'POST /product', 'product:pear')?.fingerprint).not.toBe(remembered?.fingerprint);
  });

  it.each(['', 'x'.repeat(256), 'a\tb', 'é', 'a\n'])('is refused for the key %j', (key) => {
    expect(() => once(key)).toThrow('1 to 255 printable ASCII characters');
  });
});
