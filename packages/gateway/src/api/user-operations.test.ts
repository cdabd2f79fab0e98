import { describe, expect, it } from 'vitest';
import { createTestApi, problemIn } from '../testing/test-api.ts';

describe('users', () => {
  it('are created once', async () => {
    const { post } = createTestApi();
    const created = await post('/createuser', { email: ' Ann+x@Example.com ' });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/user?email=ann%2Bx%40example.com');
    expect(await created.json()).toEqual({ email: 'ann+x@example.com', cart: {}, version: 1 });
    const again = await post('/createuser', { email: 'ann+x@example.com' });
    expect([again.status, (await problemIn(again)).code]).toEqual([409, 'USER_EXISTS']);
  });

  it('can be read where their location says', async () => {
    const { post, get } = createTestApi();
    const created = await post('/createuser', { email: 'ann+x@example.com' });
    const read = await get(created.headers.get('location') ?? '');
    expect(await read.json()).toEqual({ email: 'ann+x@example.com', cart: {}, version: 1 });
  });

  it('are deleted with their cart, and can be created again', async () => {
    const { post, get, remove, seed } = createTestApi();
    await seed();
    await post('/addtocart', { email: 'ann@example.com', products: { apple: 1 } });
    expect((await remove('/user?email=ann@example.com')).status).toBe(204);
    expect((await remove('/user?email=ann@example.com')).status).toBe(404);
    expect((await get('/user?email=ann@example.com')).status).toBe(404);
    const again = await post('/createuser', { email: 'ann@example.com' });
    expect(await again.json()).toMatchObject({ cart: {}, version: 4 });
  });

  it('are listed by e-mail, page by page, without the deleted ones', async () => {
    const { get, remove, post, seed } = createTestApi();
    await seed();
    await post('/createuser', { email: 'cem@example.com' });
    await remove('/user?email=bob@example.com');
    const first = await get('/userslist?limit=1');
    expect(await first.json()).toEqual([{ email: 'ann@example.com', cart: {}, version: 1 }]);
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? [];
    expect(await (await get(next)).json()).toMatchObject([{ email: 'cem@example.com' }]);
  });
});
