import { describe, expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const BOOK = { id: 'moby-dick', kind: 'book', title: 'Moby-Dick', author: 'Herman Melville', year: 1851 };

async function createLibrary() {
  const api = createTestApi();
  await api.post('/items', BOOK);
  await api.post('/items', { id: 'emma', kind: 'book', title: 'Emma', author: 'Jane Austen' });
  await api.post('/items', { id: 'etranger', kind: 'book', title: 'L’Étranger', author: 'Albert Camus' });
  await api.post('/items', { id: 'seat.r01.s01', kind: 'seat', row: 1, seat: 1 });
  const idsOf = async (path: string) => {
    const items: readonly { id: string }[] = JSON.parse(await (await api.get(path)).text());
    return items.map(({ id }) => id);
  };
  return { ...api, idsOf };
}

describe('making an item', () => {
  it('answers with the item, free, and where it is', async () => {
    const { post } = createTestApi();
    const response = await post('/items', { ...BOOK, id: ' Moby-Dick ', kind: 'Book' });
    expect([response.status, response.headers.get('location')]).toEqual([201, '/items/moby-dick']);
    expect(await response.json()).toEqual({ ...BOOK, holder: null, version: 1 });
  });

  it('makes up an id where there is none, the same when the request is sent again', async () => {
    const { post } = createTestApi();
    const keyed = async (): Promise<unknown> =>
      (await post('/items', { kind: 'seat' }, { 'idempotency-key': 'k' })).json();
    const first = await keyed();
    expect(first).toMatchObject({ id: expect.stringMatching(/^[a-z0-9]{16}$/), kind: 'seat' });
    expect(await keyed()).toEqual(first);
    expect(await (await post('/items', { kind: 'seat' })).json()).not.toMatchObject({
      id: expect.stringMatching(String(Object(first).id)),
    });
  });

  it('does not make it again', async () => {
    const { post } = createTestApi();
    const key = { 'idempotency-key': 'k' };
    expect((await post('/items', BOOK, key)).status).toBe(201);
    expect((await post('/items', BOOK, key)).status).toBe(201);
    const again = await post('/items', BOOK);
    expect([again.status, (await problemIn(again)).code]).toEqual([409, 'ITEM_EXISTS']);
    const other = await post('/items', { ...BOOK, title: 'Another' }, key);
    expect([other.status, (await problemIn(other)).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('that was made and deleted is not made again by the same request', async () => {
    const { post, remove } = createTestApi();
    const key = { 'idempotency-key': 'k' };
    await post('/items', BOOK, key);
    await remove('/items/moby-dick');
    expect((await post('/items', BOOK, key)).status).toBe(404);
    expect((await post('/items', BOOK, { 'idempotency-key': 'other' })).status).toBe(201);
  });

  it('takes details named like members of objects', async () => {
    const { post } = createTestApi();
    const response = await post('/items', { id: 'a', kind: 'odd', constructor: 'c', toString: 't', valueOf: 1 });
    expect(await response.text()).toBe(
      '{"id":"a","kind":"odd","constructor":"c","toString":"t","valueOf":1,"holder":null,"version":1}',
    );
  });
});

describe('listing items', () => {
  it('is in the order of ids, in pages', async () => {
    const { get, idsOf } = await createLibrary();
    expect(await idsOf('/items')).toEqual(['emma', 'etranger', 'moby-dick', 'seat.r01.s01']);
    const first = await get('/items?limit=3');
    expect(first.headers.get('link')).toBe('</items?limit=3&cursor=moby-dick>; rel="next"');
    expect(await idsOf('/items?limit=3&cursor=moby-dick')).toEqual(['seat.r01.s01']);
    expect((await get('/items?limit=3&cursor=moby-dick')).headers.get('link')).toBeNull();
  });

  it('finds items by kind, words and whether they are free', async () => {
    const { post, idsOf } = await createLibrary();
    await post('/reservations', { email: 'ann@example.com', items: ['emma'] });
    expect(await idsOf('/items?kind=seat')).toEqual(['seat.r01.s01']);
    expect(await idsOf('/items?q=ETRANGER')).toEqual(['etranger']);
    expect(await idsOf('/items?q=%C3%A9tr%20camus')).toEqual(['etranger']);
    expect(await idsOf('/items?q=melville%20emma')).toEqual([]);
    expect(await idsOf('/items?kind=book&available=true')).toEqual(['etranger', 'moby-dick']);
    expect(await idsOf('/items?available=false')).toEqual(['emma']);
    expect(await idsOf('/items?q=e&available=true&limit=1')).toEqual(['etranger']);
  });

  it('goes on over many that are not sought', async () => {
    const { post, get } = createTestApi();
    for (let index = 0; index < 40; index += 1) await post('/items', { id: `a${index + 10}`, kind: 'seat' });
    await post('/items', BOOK);
    const page = await get('/items?kind=book&limit=1');
    expect(await page.json()).toMatchObject([{ id: 'moby-dick' }]);
  });
});

describe('reading and deleting an item', () => {
  it('shows who holds it', async () => {
    const { post, get } = await createLibrary();
    await post('/reservations', { email: 'ann@example.com', items: ['emma'], holdSeconds: 60 });
    expect(await (await get('/items/Emma')).json()).toMatchObject({
      id: 'emma',
      holder: {
        reservation: expect.stringMatching(/^emma~[a-z0-9]{16}$/),
        email: 'ann@example.com',
        since: '2023-11-14T22:13:20.000Z',
        expires: '2023-11-14T22:14:20.000Z',
      },
      version: 2,
    });
  });

  it('is a 404 when there is none', async () => {
    const { get, remove } = await createLibrary();
    expect((await problemIn(await get('/items/nothing'))).code).toBe('ITEM_NOT_FOUND');
    expect((await problemIn(await remove('/items/nothing'))).code).toBe('ITEM_NOT_FOUND');
  });

  it('spares what somebody holds', async () => {
    const { post, remove, get, clock } = await createLibrary();
    await post('/reservations', { email: 'ann@example.com', items: ['emma'], holdSeconds: 60 });
    const response = await remove('/items/emma');
    expect([response.status, (await problemIn(response)).code]).toEqual([409, 'ITEM_HELD']);
    clock.advance(60_000);
    expect((await remove('/items/emma')).status).toBe(204);
    expect((await get('/items/emma')).status).toBe(404);
  });

  it('says when the registers cannot be had', async () => {
    const { post, get, registers } = await createLibrary();
    registers.failure = () => 'quorum-not-met';
    expect((await problemIn(await get('/items/emma'))).code).toBe('QUORUM_NOT_MET');
    registers.failure = ({ method }) => (method === 'change' ? 'unknown-applied' : undefined);
    expect((await problemIn(await post('/items', { kind: 'seat' }))).code).toBe(
      new StoreError('OUTCOME_UNKNOWN', '').code,
    );
  });
});
