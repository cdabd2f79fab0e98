import { expect, test } from 'vitest';
import { emails, productsOf, UNITS_AT_START } from '../workload.ts';
import { createMemoryStore } from './memory-store.ts';
import { fillStore, Tally } from './tally.ts';

const [email = ''] = emails;
const [product = ''] = productsOf(0);

test('what is acknowledged is in the carts', async () => {
  const [store, tally] = [createMemoryStore(), new Tally()];
  await fillStore(store);
  expect(await tally.of(store)).toEqual({ acknowledged: 0, refused: 0, units: UNITS_AT_START });
  expect((await tally.count(store.add(email, { [product]: 2 })))[product]).toBe(3);
  expect(await tally.of(store)).toEqual({ acknowledged: 1, refused: 0, units: UNITS_AT_START + 2 });
});

test('what fails is refused, not acknowledged', async () => {
  const [store, tally] = [createMemoryStore(), new Tally()];
  await expect(tally.count(Promise.reject(new Error('no replica had it in time')))).rejects.toThrow('no replica');
  expect(await tally.of(store)).toEqual({ acknowledged: 0, refused: 1, units: 0 });
});
