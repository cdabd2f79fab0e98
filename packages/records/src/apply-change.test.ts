import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChange } from './apply-change.ts';
import type { ChangeAction, ChangeOutcome } from './change.ts';
import { compare } from './context.ts';
import { decodeRecord } from './decode.ts';
import { encodeRecord } from './encode.ts';
import { merge } from './merge.ts';
import { productOf, QUANTITY_MAX } from './product.ts';
import type { CausalRecord } from './record.ts';
import { changed, NOW_MS, productWith, userWith } from './testing/shop.ts';
import { isTombstone } from './tombstone.ts';
import { emptyRecord, write } from './update.ts';
import { CART_LINES_MAX, lineField, userOf } from './user.ts';

function apply(record: CausalRecord, action: ChangeAction): ChangeOutcome<CausalRecord> {
  return applyChange(record, { action }, { actor: 'a', nowMs: NOW_MS });
}

function cartOf(record: CausalRecord): [string, number][] | undefined {
  const user = userOf(record);
  return user && [...user.cart];
}

const user = userWith({ apple: 1, orange: 3 });
const product = productWith(5);
const deletedUser = changed(user, { type: 'delete-user' });
const deletedProduct = changed(product, { type: 'delete-product' });

test.each<[CausalRecord, ChangeAction, [string, number][] | undefined]>([
  [emptyRecord, { type: 'create-user' }, []],
  [deletedUser, { type: 'create-user' }, []],
  [user, { type: 'delete-user' }, undefined],
  [
    user,
    {
      type: 'add-to-cart',
      lines: [
        ['apple', 2],
        ['kiwi', 1],
      ],
    },
    [
      ['apple', 3],
      ['kiwi', 1],
      ['orange', 3],
    ],
  ],
  [
    user,
    {
      type: 'add-to-cart',
      lines: [
        ['apple', 2],
        ['apple', 2],
      ],
    },
    [
      ['apple', 5],
      ['orange', 3],
    ],
  ],
  [
    user,
    { type: 'add-to-cart', lines: [['__proto__', 2]] },
    [
      ['__proto__', 2],
      ['apple', 1],
      ['orange', 3],
    ],
  ],
  [user, { type: 'remove-from-cart', names: ['apple'] }, [['orange', 3]]],
  [user, { type: 'remove-from-cart', names: ['apple', 'kiwi', 'orange', 'apple'] }, []],
  [
    user,
    {
      type: 'replace-cart',
      lines: [
        ['kiwi', 1],
        ['apple', 9],
      ],
    },
    [
      ['apple', 9],
      ['kiwi', 1],
    ],
  ],
  [user, { type: 'replace-cart', lines: [] }, []],
  [user, { type: 'replace-cart', lines: [['kiwi', QUANTITY_MAX]] }, [['kiwi', QUANTITY_MAX]]],
  [
    user,
    {
      type: 'take-from-cart',
      lines: [
        ['apple', 1],
        ['orange', 2],
        ['__proto__', 1],
      ],
    },
    [['orange', 1]],
  ],
  [user, { type: 'take-from-cart', lines: [['orange', 9]] }, [['apple', 1]]],
])('a change of a user: case %#', (record, action, cart) => {
  const outcome = apply(record, action);
  expect(outcome.type).toBe('applied');
  expect(cartOf(outcome.record)).toEqual(cart);
});

test.each<[CausalRecord, number, number]>([
  [emptyRecord, 0, 0],
  [emptyRecord, 7, 7],
  [deletedProduct, 7, 7],
  [product, 7, 12],
  [product, -5, 0],
  [product, QUANTITY_MAX - 5, QUANTITY_MAX],
])('a change of a product: case %#', (record, quantity, sum) => {
  const outcome = apply(record, { type: 'add-to-product', quantity });
  expect(outcome.type).toBe('applied');
  expect(productOf(outcome.record)?.quantity).toBe(sum);
});

test.each<[string, CausalRecord, ChangeAction, string]>([
  ['USER_EXISTS', user, { type: 'create-user' }, ''],
  ['USER_NOT_FOUND', emptyRecord, { type: 'delete-user' }, ''],
  ['USER_NOT_FOUND', deletedUser, { type: 'delete-user' }, ''],
  ['USER_NOT_FOUND', deletedUser, { type: 'add-to-cart', lines: [['apple', 1]] }, ''],
  ['USER_NOT_FOUND', emptyRecord, { type: 'remove-from-cart', names: ['apple'] }, ''],
  ['USER_NOT_FOUND', deletedUser, { type: 'replace-cart', lines: [] }, ''],
  ['USER_NOT_FOUND', deletedUser, { type: 'take-from-cart', lines: [['apple', 1]] }, ''],
  [
    'QUANTITY_TOO_LARGE',
    user,
    {
      type: 'add-to-cart',
      lines: [
        ['kiwi', 1],
        ['apple', QUANTITY_MAX],
      ],
    },
    '"apple"',
  ],
  [
    'QUANTITY_TOO_LARGE',
    user,
    {
      type: 'add-to-cart',
      lines: [
        ['kiwi', QUANTITY_MAX],
        ['kiwi', 1],
      ],
    },
    '"kiwi"',
  ],
  ['QUANTITY_TOO_LARGE', user, { type: 'replace-cart', lines: [['kiwi', QUANTITY_MAX + 1]] }, '"kiwi"'],
  ['PRODUCT_NOT_FOUND', emptyRecord, { type: 'delete-product' }, ''],
  ['PRODUCT_NOT_FOUND', deletedProduct, { type: 'delete-product' }, ''],
  ['BELOW_ZERO', product, { type: 'add-to-product', quantity: -6 }, 'there are 5'],
  ['BELOW_ZERO', deletedProduct, { type: 'add-to-product', quantity: -1 }, 'there are 0'],
  ['QUANTITY_TOO_LARGE', product, { type: 'add-to-product', quantity: QUANTITY_MAX - 4 }, 'at most 1000000000'],
])('refuses with %s: case %#', (code, record, action, detail) => {
  const outcome = apply(record, action);
  expect(outcome).toMatchObject({ type: 'refused', code, detail: expect.stringContaining(detail) });
  expect(outcome.record).toBe(record);
});

test.each<[CausalRecord, ChangeAction]>([
  [user, { type: 'remove-from-cart', names: ['kiwi', '__proto__'] }],
  [user, { type: 'remove-from-cart', names: [] }],
  [user, { type: 'add-to-cart', lines: [] }],
  [user, { type: 'take-from-cart', lines: [['kiwi', 1]] }],
  [product, { type: 'add-to-product', quantity: 0 }],
])('finds nothing to do, and writes nothing: case %#', (record, action) => {
  const outcome = apply(record, action);
  expect(outcome.type).toBe('unchanged');
  expect(outcome.record).toBe(record);
});

test.each<[CausalRecord, ChangeAction]>([
  [user, { type: 'add-to-cart', lines: [['apple', 0]] }],
  [user, { type: 'add-to-cart', lines: [['apple', -1]] }],
  [user, { type: 'replace-cart', lines: [['apple', NaN]] }],
  [user, { type: 'replace-cart', lines: [['apple', 1.5]] }],
  [user, { type: 'take-from-cart', lines: [['apple', 0]] }],
  [product, { type: 'add-to-product', quantity: 0.5 }],
  [product, { type: 'add-to-product', quantity: NaN }],
])('throws for what no caller should let in: case %#', (record, action) => {
  expect(() => apply(record, action)).toThrow(RangeError);
});

test('a cart takes 1000 lines and no more', () => {
  const lines = Array.from({ length: CART_LINES_MAX + 1 }, (_, index) => [`product ${index}`, 1] as const);
  expect(apply(user, { type: 'replace-cart', lines })).toMatchObject({ type: 'refused', code: 'CART_TOO_LARGE' });
  const almostFull = changed(user, { type: 'replace-cart', lines: lines.slice(2) });
  const full = changed(almostFull, { type: 'add-to-cart', lines: lines.slice(1, 2) });
  expect(apply(full, { type: 'add-to-cart', lines: [['one more', 1]] })).toMatchObject({ code: 'CART_TOO_LARGE' });
  expect(apply(full, { type: 'add-to-cart', lines: [['product 7', 1]] })).toMatchObject({ type: 'applied' });
});

test('a cart that merging made too long takes more of its own lines', () => {
  const long = write(
    user,
    'b',
    Array.from({ length: CART_LINES_MAX + 5 }, (_, index) => [lineField(`product ${index}`), 1] as const),
  );
  expect(apply(long, { type: 'add-to-cart', lines: [['product 7', 1]] })).toMatchObject({ type: 'applied' });
  expect(apply(long, { type: 'add-to-cart', lines: [['kiwi', 1]] })).toMatchObject({ code: 'CART_TOO_LARGE' });
});

test('adds to what the siblings resolve to', () => {
  const stock = merge(productWith(2), changed(emptyRecord, { type: 'add-to-product', quantity: 3 }, 'b'));
  expect(productOf(stock)).toEqual({ quantity: 2, version: 2 });
  expect(productOf(changed(stock, { type: 'add-to-product', quantity: 1 }))).toEqual({ quantity: 3, version: 3 });

  const more = changed(user, { type: 'add-to-cart', lines: [['apple', 1]] }, 'b');
  const evenMore = changed(user, { type: 'add-to-cart', lines: [['apple', 4]] }, 'c');
  const both = merge(more, evenMore);
  expect(cartOf(both)).toEqual([
    ['apple', 5],
    ['orange', 3],
  ]);
  const after = changed(both, { type: 'add-to-cart', lines: [['apple', 1]] });
  expect(cartOf(after)).toEqual([
    ['apple', 6],
    ['orange', 3],
  ]);
});

test.each<ChangeAction>([
  { type: 'add-to-cart', lines: [['kiwi', 1]] },
  { type: 'remove-from-cart', names: ['apple'] },
  { type: 'replace-cart', lines: [['kiwi', 1]] },
  { type: 'replace-cart', lines: [] },
])('a write to the cart wins over a concurrent delete of the user: case %#', (action) => {
  const deleted = changed(user, { type: 'delete-user' }, 'b');
  const written = changed(user, action, 'c');
  const merged = merge(deleted, written);
  const addedLines = 'lines' in action ? action.lines : [];
  expect(cartOf(merged)).toEqual(addedLines);
  expect(encodeRecord(merge(written, deleted))).toBe(encodeRecord(merged));
});

test('a delete that has seen the cart wins over a replica that has not seen the delete', () => {
  expect(userOf(merge(user, deletedUser))).toBeUndefined();
  expect(userOf(merge(deletedUser, user))).toBeUndefined();
  expect(productOf(merge(product, deletedProduct))).toBeUndefined();
});

test('a user that is created again does not get the old cart back from a replica that slept', () => {
  const again = changed(deletedUser, { type: 'create-user' });
  expect(cartOf(merge(again, user))).toEqual([]);
});

const name = fc.constantFrom('apple', 'kiwi', '__proto__', 'constructor', '💥');
const lines = fc.array(fc.tuple(name, fc.integer({ min: 1, max: 5 })), { maxLength: 3 });
const userAction: fc.Arbitrary<ChangeAction> = fc.oneof(
  fc.constantFrom<ChangeAction>({ type: 'create-user' }, { type: 'delete-user' }),
  lines.map((added): ChangeAction => ({ type: 'add-to-cart', lines: added })),
  lines.map((replacement): ChangeAction => ({ type: 'replace-cart', lines: replacement })),
  lines.map((taken): ChangeAction => ({ type: 'take-from-cart', lines: taken })),
  fc.array(name, { maxLength: 3 }).map((names): ChangeAction => ({ type: 'remove-from-cart', names })),
);
const productAction: fc.Arbitrary<ChangeAction> = fc.oneof(
  fc.integer({ min: -5, max: 9 }).map((quantity): ChangeAction => ({ type: 'add-to-product', quantity })),
  fc.constant<ChangeAction>({ type: 'delete-product' }),
);
const id = fc.constantFrom('k1', 'k2');
const once = fc.option(fc.record({ id, fingerprint: id, expiresAtMs: fc.constantFrom(NOW_MS - 1, NOW_MS + 1) }));
const stepOf = (action: fc.Arbitrary<ChangeAction>) =>
  fc.record({ replica: fc.nat({ max: 2 }), action, once, receives: fc.boolean(), state: fc.nat() });

test.each([
  ['users', userAction],
  ['products', productAction],
])('in every history of %s: outcomes tell the truth, and a record is live, deleted or empty', (_, action) => {
  fc.assert(
    fc.property(fc.array(stepOf(action), { maxLength: 25 }), (steps) => {
      const held = [emptyRecord, emptyRecord, emptyRecord];
      const states = [emptyRecord];
      for (const { replica, receives, state, ...step } of steps) {
        const before = receives ? merge(held[replica]!, states[state % states.length]!) : held[replica]!;
        const change = { action: step.action, once: step.once ?? undefined };
        const outcome = applyChange(before, change, { actor: `node-${replica}`, nowMs: NOW_MS });
        expect(compare(outcome.record.context, before.context)).toBe(outcome.type === 'applied' ? 'after' : 'equal');
        expect(outcome.record === before).toBe(outcome.type !== 'applied');
        checkLiveOrDeleted(outcome.record);
        held[replica] = outcome.record;
        states.push(outcome.record);
      }
    }),
    { numRuns: 500 },
  );
});

function checkLiveOrDeleted(record: CausalRecord): void {
  const live = userOf(record) !== undefined || productOf(record) !== undefined;
  expect(isTombstone(record)).toBe(!live && record.context.size > 0);
  expect(encodeRecord(decodeRecord(encodeRecord(record)))).toBe(encodeRecord(record));
}
