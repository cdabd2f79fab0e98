import { describe, expect, it } from 'vitest';
import { StoreError, type StoreErrorCode } from '../store.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

describe('products', () => {
  it('are created, added to and taken from', async () => {
    const { post, get } = createTestApi();
    const created = await post('/product', { name: ' Orange ', quantity: 5 });
    expect(created.status).toBe(200);
    expect(await created.json()).toEqual({ name: 'orange', quantity: 5, version: 1 });
    expect(await (await post('/product', { name: 'orange', quantity: -2 })).json()).toMatchObject({ quantity: 3 });
    const read = await get('/product?name=ORANGE');
    expect(read.headers.get('trolley-quorum')).toBe('2/3');
    expect(await read.json()).toEqual({ name: 'orange', quantity: 3, available: 3, version: 2 });
  });

  it('do not fall below zero or grow beyond what a record holds', async () => {
    const { post } = createTestApi();
    await post('/product', { name: 'orange', quantity: 1 });
    const below = await post('/product', { name: 'orange', quantity: -2 });
    expect([below.status, (await problemIn(below)).code]).toEqual([409, 'BELOW_ZERO']);
    const above = await post('/product', { name: 'orange', quantity: 1_000_000_000 });
    expect([above.status, (await problemIn(above)).code]).toEqual([409, 'QUANTITY_TOO_LARGE']);
  });

  it('are deleted once', async () => {
    const { remove, get, seed } = createTestApi();
    await seed();
    const deleted = await remove('/product?name=apple');
    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    expect(deleted.headers.get('trolley-quorum')).toBe('2/3');
    expect((await remove('/product?name=apple')).status).toBe(404);
    const missing = await get('/product?name=apple');
    expect([missing.status, (await problemIn(missing)).code]).toEqual([404, 'PRODUCT_NOT_FOUND']);
    expect(missing.headers.get('trolley-quorum')).toBe('2/3');
  });

  it('are listed by name, without the deleted ones, with a link from page to page', async () => {
    const { get, remove, seed } = createTestApi();
    await seed();
    await remove('/product?name=banana');
    expect(await (await get('/productslist')).json()).toEqual([
      { name: 'apple', quantity: 10, version: 1 },
      { name: 'orange', quantity: 3, version: 1 },
    ]);
    const first = await get('/productslist?limit=1&r=one');
    expect(await first.json()).toMatchObject([{ name: 'apple' }]);
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? [];
    expect(new URLSearchParams(next.split('?')[1]).get('r')).toBe('one');
    const second = await get(next);
    expect(await second.json()).toMatchObject([{ name: 'orange' }]);
    expect(second.headers.get('link')).toBe(null);
  });

  it('are found by words in their names, whatever the case and accents', async () => {
    const { get, post } = createTestApi();
    for (const name of ['apple juice', 'orange', 'orange juice', 'crème fraîche']) {
      await post('/product', { name, quantity: 1 });
    }
    const namesOf = async (query: string) => {
      const products = (await (await get(`/productslist?${query}`)).json()) as { name: string }[];
      return products.map(({ name }) => name);
    };
    expect(await namesOf('q=juice')).toEqual(['apple juice', 'orange juice']);
    expect(await namesOf('q=JUICE+oran')).toEqual(['orange juice']);
    expect(await namesOf('q=creme')).toEqual(['crème fraîche']);
    expect(await namesOf('q=pear')).toEqual([]);
    const first = await get('/productslist?q=juice&limit=1');
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? [];
    expect(await (await get(next)).json()).toMatchObject([{ name: 'orange juice' }]);
    expect((await get(`/productslist?q=${'a'.repeat(201)}`)).status).toBe(400);
  });

  it('pass on what the request says about replicas', async () => {
    const { get, store, seed } = createTestApi();
    await seed();
    await get('/product?name=apple&r=2&w=all&strict=true', { 'x-request-id': 'abc' });
    expect(store.calls.at(-1)?.options).toEqual({ r: 2, w: 'all', strict: true, requestId: 'abc' });
  });

  it('say when fewer replicas answered than were asked for, and count it', async () => {
    const { get, store, seed, metrics } = createTestApi();
    await seed();
    store.quorum = { answered: 1, replicas: 3, degraded: true };
    expect((await get('/product?name=apple')).headers.get('trolley-quorum')).toBe('1/3; degraded');
    expect((await metrics.exposition()).text).toContain('trolley_gateway_degraded_replies_total 1');
  });
});

describe('a store that cannot serve', () => {
  it.each<StoreErrorCode>(['NO_CLUSTER_MAP', 'NO_REPLICA', 'QUORUM_NOT_MET', 'READ_ONLY', 'OUTCOME_UNKNOWN'])(
    '(%s) gets 503 and when to try again',
    async (code) => {
      const { post, store } = createTestApi();
      store.failure = () => new StoreError(code, 'it is so');
      const response = await post('/product', { name: 'apple', quantity: 1 });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await response.json()).toMatchObject({ code, detail: expect.stringMatching(/^it is so/) });
    },
  );

  it('says how to try again when the outcome is not known', async () => {
    const { post, store } = createTestApi();
    store.failure = () => new StoreError('OUTCOME_UNKNOWN', 'no answer came');
    const { detail } = await problemIn(await post('/createuser', { email: 'ann@example.com' }));
    expect(detail).toMatch(/may have been made.*Idempotency-Key/);
  });

  it.each([
    ['r=5', 'r'],
    ['w=5', 'w'],
    ['r=2&w=5', 'w'],
    ['r=5&w=quorum', 'r'],
    ['r=5&w=5', 'r'],
  ])('is asked for too many replicas by %s: 400 that names it', async (query, field) => {
    const { get, store } = createTestApi();
    store.failure = () => new StoreError('LEVEL_TOO_HIGH', 'there are 3');
    const response = await get(`/product?name=apple&${query}`);
    expect(response.status).toBe(400);
    expect((await problemIn(response)).errors).toMatchObject([{ field }]);
  });

  it('fails with a bug: 500 that tells nothing, and the log has it', async () => {
    const { get, store, logLines } = createTestApi();
    store.read = async () => {
      throw new TypeError('secret of the house');
    };
    const response = await get('/product?name=apple');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(logLines.find(({ level }) => level === 50)).toMatchObject({
      requestId: response.headers.get('x-request-id'),
      err: { message: 'secret of the house', stack: expect.stringContaining('at ') },
    });
  });
});
