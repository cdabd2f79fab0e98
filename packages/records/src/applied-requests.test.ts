import { expect, test } from 'vitest';
import { applyChange } from './apply-change.ts';
import { isRequestField, REQUESTS_REMEMBERED } from './applied-requests.ts';
import type { ChangeAction, ChangeOutcome, Once } from './change.ts';
import { merge } from './merge.ts';
import { productOf } from './product.ts';
import type { CausalRecord } from './record.ts';
import { changed, NOW_MS, productWith, userWith } from './testing/shop.ts';
import { isTombstone } from './tombstone.ts';
import { emptyRecord } from './update.ts';
import { userOf } from './user.ts';

const addOne: ChangeAction = { type: 'add-to-product', quantity: 1 };
const key: Once = { id: 'k', fingerprint: 'f', expiresAtMs: NOW_MS + 1000 };

function apply(record: CausalRecord, action: ChangeAction, once: Once, nowMs = NOW_MS): ChangeOutcome<CausalRecord> {
  return applyChange(record, { action, once }, { actor: 'a', nowMs });
}

function requestFields(record: CausalRecord): string[] {
  return [...record.fields.keys()].filter(isRequestField);
}

const added = changed(productWith(1), addOne, 'a', key);

test('a request that is sent again is applied once', () => {
  expect(productOf(added)?.quantity).toBe(2);
  const again = apply(added, addOne, key);
  expect(again).toEqual({ type: 'already-applied', record: added });
  expect(again.record).toBe(added);
});

test('a request that went to two replicas apart counts once when they meet', () => {
  const base = productWith(1);
  const met = merge(changed(base, addOne, 'a', key), changed(base, addOne, 'b', key));
  expect(productOf(met)?.quantity).toBe(2);
  expect(apply(met, addOne, key).type).toBe('already-applied');
});

test('the request and its change travel together', () => {
  const elsewhere = merge(productWith(1), added);
  expect(apply(elsewhere, addOne, key).type).toBe('already-applied');
});

test('an id that was used for something else is refused, before anything else is looked at', () => {
  const outcome = apply(added, { type: 'add-to-product', quantity: -100 }, { ...key, fingerprint: 'g' });
  expect(outcome).toMatchObject({ type: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' });
  expect(outcome.record).toBe(added);
});

test('an id that begins like another is another', () => {
  expect(apply(added, addOne, { ...key, id: 'k2' }).type).toBe('applied');
  expect(apply(added, addOne, { ...key, id: 'k-f' }).type).toBe('applied');
});

test('a request is forgotten when it expires, and its field goes with the next write', () => {
  const expired = key.expiresAtMs;
  expect(apply(added, addOne, key, expired - 1).type).toBe('already-applied');
  expect(apply(added, addOne, key, expired).type).toBe('applied');
  expect(apply(added, addOne, { ...key, fingerprint: 'g' }, expired).type).toBe('applied');
  const later = applyChange(added, { action: addOne }, { actor: 'a', nowMs: expired });
  expect(requestFields(later.record)).toEqual([]);
});

test('a request that finds nothing to do is remembered, so that it does nothing later either', () => {
  const user = userWith({ apple: 1 });
  const removeKiwi: ChangeAction = { type: 'remove-from-cart', names: ['kiwi'] };
  const removed = changed(user, removeKiwi, 'a', key);
  const kiwiAdded = changed(removed, { type: 'add-to-cart', lines: [['kiwi', 1]] });
  expect(apply(kiwiAdded, removeKiwi, key).type).toBe('already-applied');
});

test('a request that is refused is not remembered', () => {
  const outcome = apply(productWith(0), { type: 'add-to-product', quantity: -1 }, key);
  expect(outcome.type).toBe('refused');
  expect(requestFields(outcome.record)).toEqual([]);
});

test('a creation that is sent again after the deletion does not undo it', () => {
  const created = changed(emptyRecord, { type: 'create-user' }, 'a', key);
  const deleted = changed(created, { type: 'delete-user' }, 'a', { ...key, id: 'd' });
  expect(userOf(deleted)).toBeUndefined();
  expect(isTombstone(deleted)).toBe(true);
  expect(apply(deleted, { type: 'create-user' }, key).type).toBe('already-applied');
  expect(apply(deleted, { type: 'delete-user' }, { ...key, id: 'd' }).type).toBe('already-applied');
  expect(apply(deleted, { type: 'create-user' }, { ...key, id: 'again' }).type).toBe('applied');
});

test('a deletion forgets what has expired', () => {
  const deleted = applyChange(added, { action: { type: 'delete-product' } }, { actor: 'a', nowMs: key.expiresAtMs });
  expect(deleted.record.fields.size).toBe(0);
});

test('remembers a bounded number, and forgets first what expires first', () => {
  let record = productWith(0);
  for (let index = 0; index < REQUESTS_REMEMBERED; index++) {
    record = changed(record, addOne, 'a', { ...key, id: `k${index}`, expiresAtMs: NOW_MS + 1000 - index });
  }
  expect(requestFields(record)).toHaveLength(REQUESTS_REMEMBERED);
  expect(requestFields(changed(record, addOne))).toHaveLength(REQUESTS_REMEMBERED);
  const last = { ...key, id: 'last', expiresAtMs: NOW_MS + 1 };
  record = changed(record, addOne, 'a', last);
  expect(requestFields(record)).toHaveLength(REQUESTS_REMEMBERED);
  expect(apply(record, addOne, last).type).toBe('already-applied');
  expect(apply(record, addOne, { ...key, id: 'k62' }).type).toBe('already-applied');
  expect(apply(record, addOne, { ...key, id: 'k63' }).type).toBe('applied');
});

test('replicas that remember different requests come back within the bound with the next write', () => {
  let apart = [productWith(0), emptyRecord];
  for (let index = 0; index < REQUESTS_REMEMBERED; index++) {
    apart = apart.map((record, at) => changed(record, addOne, `node-${at}`, { ...key, id: `k${index}-${at}` }));
  }
  const met = apart.reduce(merge);
  expect(requestFields(met)).toHaveLength(2 * REQUESTS_REMEMBERED);
  expect(requestFields(changed(met, addOne, 'a', key))).toHaveLength(REQUESTS_REMEMBERED);
});

test('a product that is called like a request is an ordinary line', () => {
  const user = userWith({ 'request:k:f': 2 });
  expect(userOf(user)?.cart.get('request:k:f')).toBe(2);
  expect(apply(user, { type: 'remove-from-cart', names: ['request:k:f'] }, key).type).toBe('applied');
});
