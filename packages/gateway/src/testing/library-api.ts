/*
 * The API with a few items, and short ways to reserve them, for tests.
 */
import { listOf, personKey } from '@trolley/records';
import { createTestApi } from './test-api.ts';

/** A reservation as clients see it. */
export interface Reserved {
  readonly id: string;
  readonly item: string;
  readonly email: string;
  readonly since: string;
  readonly expires: string | null;
}

/** The API with the items a, b, c and d. */
export async function createLibraryApi() {
  const api = createTestApi();
  for (const id of ['a', 'b', 'c', 'd']) await api.post('/items', { id, kind: 'book' });

  const reserve = async (email: string, items: readonly string[], more: object = {}, key?: string) =>
    api.post('/reservations', { email, items, ...more }, key === undefined ? {} : { 'idempotency-key': key });
  const mustReserve = async (email: string, items: readonly string[], more: object = {}) => {
    const { reserved }: { reserved: Reserved[] } = JSON.parse(await (await reserve(email, items, more)).text());
    const [first] = reserved;
    if (first === undefined || reserved.length < items.length) throw new Error('not reserved');
    return first;
  };
  const find = async (query: string): Promise<Reserved[]> =>
    JSON.parse(await (await api.get(`/reservations?${query}`)).text());
  const itemsOf = async (email: string) => (await find(`email=${email}`)).map(({ item }) => item).toSorted();
  const holderOf = async (item: string) => (await find(`item=${item}`))[0]?.email;
  const listed = (email: string) => {
    const record = api.store.records.get(personKey(email));
    return record === undefined ? [] : [...listOf(record).keys()];
  };
  return { ...api, reserve, mustReserve, find, itemsOf, holderOf, listed };
}
