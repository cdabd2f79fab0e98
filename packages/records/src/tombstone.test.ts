import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange } from './apply-change.ts';
import type { Change } from './change.ts';
import { encodeRecord } from './encode.ts';
import { isTombstone, isTombstoneText } from './tombstone.ts';
import { emptyRecord } from './update.ts';

const once = fc.option(
  fc.record({ id: fc.constantFrom('r1', 'r2'), fingerprint: fc.constant('f'), expiresAtMs: fc.constant(9) }),
  { nil: undefined },
);
const action: fc.Arbitrary<Change['action']> = fc.oneof(
  fc.constantFrom<Change['action']>({ type: 'create-user' }, { type: 'delete-user' }, { type: 'delete-product' }),
  fc.constantFrom<Change['action']>({ type: 'add-to-product', quantity: 1 }),
  fc.constantFrom('apple', '"]]', 'request:', '__proto__', '\\').map((name): Change['action'] => {
    return { type: 'add-to-cart', lines: [[name, 1]] };
  }),
);

describe('a tombstone', () => {
  it('is known by its text, and nothing else is', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ action, once }), { maxLength: 12 }), (changes) => {
        let record = emptyRecord;
        for (const change of changes) {
          record = applyChange(record, change, { actor: 'node-1.abc', nowMs: 0 }).record;
          expect(isTombstoneText(encodeRecord(record))).toBe(isTombstone(record));
        }
      }),
    );
  });

  it('is not what was never written', () => {
    expect(isTombstoneText('[[],[]]')).toBe(false);
  });
});

describe('an actor that has dropped records', () => {
  it('starts above what it dropped, where the record does not know it', () => {
    const change = { action: { type: 'add-to-product', quantity: 1 } } as const;
    const environment = { actor: 'node-1.abc', nowMs: 0, startAbove: 41 };
    const first = applyChange(emptyRecord, change, environment).record;
    const second = applyChange(first, change, environment).record;
    expect([...first.context, ...second.context]).toEqual([
      ['node-1.abc', 42],
      ['node-1.abc', 43],
    ]);
  });
});
