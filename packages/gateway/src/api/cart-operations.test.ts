import { describe, expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const ANN = 'ann@example.com';

async function createShop() {
  const api = createTestApi();
  await api.seed();
  return api;
}

describe('adding to a cart', () => {
  it('adds up', async () => {
    const { post, get } = await createShop();
    await post('/addtocart', { email: ANN, products: { apple: 1, orange: 2 } });
    const response = await post('/addtocart', { email: ANN, products: { ' APPLE': 3 } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ email: ANN, cart: { apple: 4, orange: 2 }, version: 3 });
    expect(await (await get(`/user?email=${ANN}`)).json()).toMatchObject({ cart: { apple: 4, orange: 2 } });
  });

  it('names every product that does not exist, and changes nothing', async () => {
    const { post, store } = await createShop();
    const response = await post('/addtocart', { email: ANN, products: { pear: 1, apple: 1, plum: 1 } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'PRODUCT_NOT_FOUND',
      errors: [{ field: 'products.pear' }, { field: 'products.plum' }],
    });
    expect(store.count('change')).toBe(0);
  });

  it('wants a user', async () => {
    const { post } = await createShop();
    const response = await post('/addtocart', { email: 'nobody@example.com', products: { apple: 1 } });
    expect([response.status, (await problemIn(response)).code]).toEqual([404, 'USER_NOT_FOUND']);
  });

  it('reads a product once in a while only', async () => {
    const { post, store, clock } = await createShop();
    const add = () => post('/addtocart', { email: ANN, products: { apple: 1 } });
    clock.advance(10_000);
    await add();
    await add();
    expect(store.count('read')).toBe(1);
    clock.advance(10_000);
    await add();
    expect(store.count('read')).toBe(2);
  });

  it('notices that a product was deleted through this gateway', async () => {
    const { post, remove } = await createShop();
    await post('/addtocart', { email: ANN, products: { apple: 1 } });
    await remove('/product?name=apple');
    expect((await post('/addtocart', { email: ANN, products: { apple: 1 } })).status).toBe(404);
  });

  it('takes a product on trust when all its replicas are away, unless it must be strict', async () => {
    const { post, store, clock } = await createShop();
    clock.advance(10_000);
    store.failure = ({ method }) => (method === 'read' ? new StoreError('NO_REPLICA', 'all away') : undefined);
    const strict = await post('/addtocart?strict=true', { email: ANN, products: { apple: 1 } });
    expect(strict.status).toBe(503);
    expect((await post('/addtocart', { email: ANN, products: { apple: 1 } })).status).toBe(200);
    store.failure = () => undefined;
    expect((await post('/addtocart', { email: ANN, products: { pear: 1 } })).status).toBe(404);
  });

  it('stops before a line is too large', async () => {
    const { post } = await createShop();
    await post('/addtocart', { email: ANN, products: { apple: 1_000_000_000 } });
    const response = await post('/addtocart', { email: ANN, products: { apple: 1 } });
    expect([response.status, (await problemIn(response)).code]).toEqual([409, 'QUANTITY_TOO_LARGE']);
  });
});

describe('removing from a cart', () => {
  it('removes whole lines and ignores those that are not there', async () => {
    const { post } = await createShop();
    await post('/addtocart', { email: ANN, products: { apple: 4, orange: 2 } });
    const response = await post('/removefromcart', { email: ANN, products: ['Apple', 'pear', '__proto__'] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ cart: { orange: 2 } });
    const nothing = await post('/removefromcart', { email: ANN, products: ['apple'] });
    expect(nothing.status).toBe(200);
    expect(await nothing.json()).toMatchObject({ version: 3 });
  });
});

describe('replacing a cart', () => {
  it('replaces it, whatever is on the shelf', async () => {
    const { post } = await createShop();
    await post('/addtocart', { email: ANN, products: { apple: 4, orange: 2 } });
    const response = await post('/user', { email: ANN, cart: { pear: 7, orange: 1 } });
    expect(await response.json()).toMatchObject({ cart: { orange: 1, pear: 7 } });
    expect(await (await post('/user', { email: ANN, cart: {} })).json()).toMatchObject({ cart: {} });
  });
});

function key(text: string) {
  return { 'idempotency-key': text };
}

describe('Idempotency-Key', () => {
  it('makes a request apply once, at whichever gateway', async () => {
    const { post, store } = await createShop();
    const other = createTestApi();
    other.store.records.clear();
    const body = { email: ANN, products: { apple: 1 } };
    const first = await (await post('/addtocart', body, key('k 1'))).json();
    for (const [name, record] of store.records) other.store.records.set(name, record);
    expect(await (await other.post('/addtocart?w=all', body, key('k 1'))).json()).toEqual(first);
    expect(await (await other.post('/addtocart', body, key('k 2'))).json()).toMatchObject({ cart: { apple: 2 } });
  });

  it('does not mind the order of lines or the spelling of names', async () => {
    const { post } = await createShop();
    await post('/addtocart', { email: ANN, products: { apple: 1, orange: 2 } }, key('k'));
    const response = await post('/addtocart', { email: ANN, products: { ' Orange': 2, APPLE: 1 } }, key('k'));
    expect(await response.json()).toMatchObject({ cart: { apple: 1, orange: 2 }, version: 2 });
  });

  it('answers a retried createuser with 201 again', async () => {
    const { post } = createTestApi();
    expect((await post('/createuser', { email: ANN }, key('k'))).status).toBe(201);
    const again = await post('/createuser', { email: ANN }, key('k'));
    expect([again.status, again.headers.get('location')]).toEqual([201, '/user?email=ann%40example.com']);
    expect((await post('/createuser', { email: ANN }, key('other'))).status).toBe(409);
  });

  it('makes a stock change apply once', async () => {
    const { post } = createTestApi();
    await post('/product', { name: 'apple', quantity: 5 }, key('k'));
    expect(await (await post('/product', { name: 'apple', quantity: 5 }, key('k'))).json()).toMatchObject({
      quantity: 5,
    });
  });

  it.each([
    ['another quantity', '/addtocart', { email: ANN, products: { apple: 2 } }],
    ['another call', '/removefromcart', { email: ANN, products: ['apple'] }],
    ['a replaced cart', '/user', { email: ANN, cart: { apple: 1 } }],
  ])('is not taken again for %s', async (_, path, body) => {
    const { post } = await createShop();
    await post('/addtocart', { email: ANN, products: { apple: 1 } }, key('k'));
    const response = await post(path, body, key('k'));
    expect([response.status, (await problemIn(response)).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('does not make a refusal stick', async () => {
    const { post } = await createShop();
    expect((await post('/product', { name: 'apple', quantity: -11 }, key('k'))).status).toBe(409);
    await post('/product', { name: 'apple', quantity: 1 });
    expect((await post('/product', { name: 'apple', quantity: -11 }, key('k'))).status).toBe(200);
  });

  it('may hold any printable ASCII, up to 255 characters', async () => {
    const { post, store } = await createShop();
    const keys = ['!', 'a b "~"', 'x'.repeat(255), '__proto__'];
    for (const text of keys) {
      expect((await post('/product', { name: 'apple', quantity: 1 }, key(text))).status).toBe(200);
    }
    const ids = store.calls.map(({ change }) => change?.once?.id);
    expect(new Set(ids).size).toBe(keys.length);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it('is left out of a change when there is none', async () => {
    const { post, store } = await createShop();
    await post('/product', { name: 'apple', quantity: 1 });
    expect(store.calls.at(-1)?.change).toEqual({ action: { type: 'add-to-product', quantity: 1 } });
  });
});
