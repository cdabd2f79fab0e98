import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { StoreError } from '../store.ts';
import { whileTimePasses } from '../testing/pass-time.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const ANN = 'ann@example.com';
const LINES = { apple: 2, banana: 1 };

const orderSchema = z.looseObject({ id: z.string(), state: z.string() });

async function createApi() {
  const api = createTestApi();
  await api.seed();
  await api.post('/addtocart', { email: ANN, products: LINES });
  return api;
}

type Api = Awaited<ReturnType<typeof createApi>>;

async function checkedOut({ post, claims }: Api, headers: Record<string, string> = {}) {
  const response = await post('/checkout', { email: ANN }, headers);
  expect(response.status).toBe(201);
  await claims.background.idle();
  return orderSchema.parse(await response.json());
}

async function productIn({ get }: Api, name: string): Promise<unknown> {
  return (await get(`/product?name=${name}`)).json();
}

describe('POST /checkout', () => {
  it('answers with the order, and where to read it', async () => {
    const api = await createApi();
    const response = await api.post('/checkout', { email: ' Ann@Example.com' });
    expect(response.status).toBe(201);
    const order = orderSchema.parse(await response.json());
    expect(order).toEqual({
      id: expect.stringMatching(/^[a-f0-9]{32}$/),
      email: ANN,
      lines: LINES,
      state: 'confirmed',
      createdAt: new Date(api.clock.nowMs()).toISOString(),
      quantityTotal: 3,
    });
    const location = response.headers.get('location') ?? '';
    expect(location).toBe(`/orders/${order.id}`);
    expect(await (await api.get(location)).json()).toEqual(order);
    expect(await (await api.get(`/orders?email=${ANN}`)).json()).toEqual([order]);
    expect(await (await api.get(`/user?email=${ANN}`)).json()).toMatchObject({ cart: {} });
  });

  it('shows lines of any name', async () => {
    const api = await createApi();
    await api.post('/product', { name: '__proto__', quantity: 1 });
    await api.post('/addtocart', { email: 'bob@example.com', products: JSON.parse('{"__proto__": 1}') });
    const response = await api.post('/checkout', { email: 'bob@example.com' });
    expect(await response.text()).toContain('"lines":{"__proto__":1}');
  });

  it('answers the same request with the same order', async () => {
    const api = await createApi();
    const headers = { 'idempotency-key': 'k' };
    const order = await checkedOut(api, headers);
    expect(await checkedOut(api, headers)).toEqual(order);
    await api.remove(`/orders/${order.id}`);
    expect(await checkedOut(api, headers)).toEqual({ ...order, state: 'cancelled' });
    const other = await api.post('/checkout', { email: ANN }, { 'idempotency-key': 'l' });
    expect(await problemIn(other)).toMatchObject({ status: 409, code: 'CART_EMPTY' });
  });

  it('names the lines that are short', async () => {
    const api = await createApi();
    await api.post('/addtocart', { email: ANN, products: { banana: 5, orange: 4 } });
    const response = await api.post('/checkout', { email: ANN });
    expect(response.status).toBe(409);
    expect(await response.clone().json()).toMatchObject({
      short: [
        { product: 'banana', wanted: 6, available: 5 },
        { product: 'orange', wanted: 4, available: 3 },
      ],
    });
    const { code, detail } = await problemIn(response);
    expect(code).toBe('SHORT_STOCK');
    expect(detail).toContain('banana (5 of 6), orange (3 of 4)');
    expect(await productIn(api, 'apple')).toMatchObject({ quantity: 10, available: 10 });
  });

  it('names the order when it is not known what becomes of it', async () => {
    const api = await createApi();
    api.registers.failure = ({ changeId = '' }) => (changeId.startsWith('confirm:') ? 'unknown-applied' : undefined);
    const response = await api.post('/checkout', { email: ANN });
    expect(response.status).toBe(503);
    const { order } = z.object({ order: z.string() }).parse(await response.clone().json());
    expect(await problemIn(response)).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await (await api.get(`/orders/${order}`)).json()).toMatchObject({ state: 'confirmed' });
  });

  it('waits for an order that is being made, and then says that it does not know', async () => {
    const api = await createApi();
    const headers = { 'idempotency-key': 'k' };
    api.registers.failure = ({ changeId = '' }) => (changeId.startsWith('open:') ? 'unknown-applied' : undefined);
    expect((await api.post('/checkout', { email: ANN }, headers)).status).toBe(503);
    // Neither confirmed nor aborted, whoever asks.
    api.registers.failure = ({ changeId = '' }) => (changeId.startsWith('abort:') ? 'quorum-not-met' : undefined);
    const response = await whileTimePasses(api.clock, Promise.resolve(api.post('/checkout', { email: ANN }, headers)));
    expect(await problemIn(response)).toMatchObject({ status: 503 });
    api.registers.failure = () => undefined;
    expect(await whileTimePasses(api.clock, checkedOut(api, headers))).toMatchObject({ state: 'confirmed' });
  });

  it('says when a majority is away, or the person has too many orders', async () => {
    const api = await createApi();
    api.registers.failure = () => 'quorum-not-met';
    expect(await problemIn(await api.post('/checkout', { email: ANN }))).toMatchObject({ code: 'QUORUM_NOT_MET' });
    api.registers.failure = () => undefined;
    const entries = Array.from({ length: 10_000 }, (_, index) => [`order:${index}`, 1] as const);
    await api.store.change(`person:${ANN}`, { action: { type: 'list-add', entries } }, { requestId: 'r' });
    const response = await api.post('/checkout', { email: ANN });
    expect(await problemIn(response)).toMatchObject({ status: 409, code: 'LIST_TOO_LARGE' });
  });
});

describe('DELETE /orders/{id}', () => {
  it('answers with the cancelled order, also again, and the stock is there', async () => {
    const api = await createApi();
    const order = await checkedOut(api);
    expect(await productIn(api, 'apple')).toMatchObject({ quantity: 10, available: 8 });
    for (const _ of [1, 2]) {
      const response = await api.remove(`/orders/${order.id}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ ...order, state: 'cancelled' });
      expect(await productIn(api, 'apple')).toMatchObject({ quantity: 10, available: 10 });
    }
    expect(await (await api.get(`/orders?email=${ANN}`)).json()).toEqual([{ ...order, state: 'cancelled' }]);
  });
});

describe('a product of which some is ordered', () => {
  it('is shown without what is available when that cannot be told', async () => {
    const api = await createApi();
    api.registers.failure = () => 'quorum-not-met';
    expect(await productIn(api, 'apple')).toMatchObject({ quantity: 10, available: null });
    expect((await api.get('/product?name=nothing')).status).toBe(404);
  });

  it('is not lowered below that', async () => {
    const api = await createApi();
    await checkedOut(api);
    const headers = { 'idempotency-key': 'lower' };
    expect((await api.post('/product', { name: 'apple', quantity: -7 }, headers)).status).toBe(200);
    const refused = await problemIn(await api.post('/product', { name: 'apple', quantity: -2 }));
    expect(refused).toMatchObject({ status: 409, code: 'BELOW_SOLD', detail: 'Of apple 2 are ordered.' });
    expect((await api.post('/product', { name: 'apple', quantity: -7 }, headers)).status).toBe(200);
    expect(await problemIn(await api.post('/product', { name: 'apple', quantity: -4 }))).toMatchObject({
      code: 'BELOW_ZERO',
    });
    expect(await productIn(api, 'apple')).toMatchObject({ quantity: 3, available: 1 });
  });

  it('is sold from the start when it is deleted and made anew', async () => {
    const api = await createApi();
    await checkedOut(api);
    expect((await api.remove('/product?name=apple')).status).toBe(204);
    await api.post('/product', { name: 'apple', quantity: 2 });
    expect(await productIn(api, 'apple')).toMatchObject({ quantity: 2, available: 2 });
  });

  it('is deleted, but not for sure, when what was sold cannot be forgotten; asked again, it is', async () => {
    const api = await createApi();
    await checkedOut(api);
    api.registers.failure = () => 'quorum-not-met';
    const response = await api.remove('/product?name=apple');
    expect(await problemIn(response)).toMatchObject({ status: 503, code: 'OUTCOME_UNKNOWN' });
    api.registers.failure = () => undefined;
    expect((await api.remove('/product?name=apple')).status).toBe(404);
    await api.post('/product', { name: 'apple', quantity: 2 });
    expect(await productIn(api, 'apple')).toMatchObject({ available: 2 });
  });

  it('is not lowered strictly when the store cannot be read', async () => {
    const api = await createApi();
    api.store.failure = ({ method }) => (method === 'read' ? new StoreError('QUORUM_NOT_MET', 'away') : undefined);
    const response = await api.post('/product?strict=true', { name: 'apple', quantity: -1 });
    expect(await problemIn(response)).toMatchObject({ code: 'QUORUM_NOT_MET' });
    expect((await api.post('/product', { name: 'apple', quantity: -1 })).status).toBe(200);
  });
});
