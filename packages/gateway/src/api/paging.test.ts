import { productKey, PRODUCT_PREFIX } from '@trolley/records';
import { describe, expect, it } from 'vitest';
import { FakeStore } from '../testing/fake-store.ts';
import { listPage, nextPageLink } from './paging.ts';
import { productReply } from './replies.ts';

const REQUEST = { requestId: 'test' };

/** A store of `count` products, of which those that `isDeleted` picks were deleted. */
async function createStore(count: number, isDeleted: (index: number) => boolean) {
  const store = new FakeStore();
  for (let index = 0; index < count; index += 1) {
    const key = productKey(String(index).padStart(5, '0'));
    await store.change(key, { action: { type: 'add-to-product', quantity: 1 } }, REQUEST);
    if (isDeleted(index)) await store.change(key, { action: { type: 'delete-product' } }, REQUEST);
  }
  store.calls.length = 0;
  return store;
}

async function page(store: FakeStore, limit: number, cursor?: string) {
  return listPage(store, { prefix: PRODUCT_PREFIX, cursor, limit, itemOf: productReply }, REQUEST);
}

async function readAll(store: FakeStore, limit: number) {
  const names: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const next = await page(store, limit, cursor);
    names.push(...next.items.map(({ name }) => name));
    cursor = next.nextCursor;
    pages += 1;
  } while (cursor !== undefined);
  return { names, pages };
}

describe('pages', () => {
  it.each([1, 2, 3, 7, 49, 50, 51, 1000])('of %i give every live product once, in order', async (limit) => {
    const store = await createStore(200, (index) => index % 3 === 1 || (index > 60 && index < 140));
    const expected = [...store.records].flatMap(([key, record]) => {
      const item = productReply(key.slice(PRODUCT_PREFIX.length), record);
      return item === undefined ? [] : [item.name];
    });
    const { names, pages } = await readAll(store, limit);
    expect(names).toEqual(expected);
    expect(pages).toBeLessThanOrEqual(Math.ceil(expected.length / limit) + 1);
  });

  it('are filled over deleted products', async () => {
    const store = await createStore(200, (index) => index > 0 && index < 180);
    const { items, nextCursor } = await page(store, 5);
    expect(items.map(({ name }) => name)).toEqual(['00000', '00180', '00181', '00182', '00183']);
    expect(nextCursor).toBe('00183');
  });

  it('end after a bounded number of calls, with a place to go on', async () => {
    const store = await createStore(600, () => true);
    const { items, nextCursor } = await page(store, 5);
    expect([items.length, nextCursor, store.count('list')]).toEqual([0, '00499', 10]);
    expect(await readAll(store, 5)).toEqual({ names: [], pages: 2 });
  });

  it('know when nothing follows', async () => {
    const store = await createStore(3, () => false);
    expect((await page(store, 3)).nextCursor).toBe(undefined);
    expect((await page(store, 2)).nextCursor).toBe('00001');
    expect((await page(new FakeStore(), 2)).items).toEqual([]);
  });

  it('report the worst of their calls', async () => {
    const store = await createStore(120, () => true);
    const list = store.list.bind(store);
    store.list = async (...call) => {
      const result = await list(...call);
      const degraded = store.count('list') === 2;
      return { ...result, quorum: { answered: degraded ? 1 : 2, replicas: 3, degraded } };
    };
    expect((await page(store, 10)).quorum).toEqual({ answered: 1, replicas: 3, degraded: true });
  });
});

describe('the link to the next page', () => {
  it('keeps the other parameters and writes the cursor as a query must', () => {
    const link = nextPageLink('/productslist', { limit: '2', cursor: 'old', r: 'one' }, 'crème & 🍊>');
    expect(link).toBe('</productslist?limit=2&cursor=cr%C3%A8me+%26+%F0%9F%8D%8A%3E&r=one>; rel="next"');
  });
});
