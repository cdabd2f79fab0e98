import { describe, expect, it } from 'vitest';
import { problemSchema } from '@trolley/cluster';
import { KnownEpochs } from './known-epochs.ts';
import { RepairFigures } from './repair/repair-figures.ts';
import { answersOf } from './testing/answers-of.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { createTestNode } from './testing/test-node.ts';

const ANN = 'ann@example.com';
const ANN_URL = `/user?email=${encodeURIComponent(ANN)}`;

async function withAnn() {
  const node = createTestNode();
  await node.post('/createuser', { email: ANN });
  return node;
}

describe('products', () => {
  it('are added to, read, and kept above zero', async () => {
    const { app, post } = createTestNode();
    const added = await post('/product', { name: ' Orange', quantity: 5 });
    expect(added.status).toBe(200);
    expect(await added.json()).toEqual({ name: 'orange', quantity: 5, version: 1 });
    expect(await (await post('/product', { name: 'orange', quantity: -2 })).json()).toMatchObject({ quantity: 3 });
    expect(await (await app.request('/product?name=ORANGE%20')).json()).toEqual({
      name: 'orange',
      quantity: 3,
      version: 2,
    });

    const refused = await post('/product', { name: 'orange', quantity: -4 });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'BELOW_ZERO', status: 409 });
    expect((await app.request('/product?name=pear')).status).toBe(404);
  });

  it('are listed by name, a page at a time', async () => {
    const { app, post, engine } = createTestNode();
    for (const name of ['pear', 'apple', '__proto__', 'ä&b', 'zebra']) {
      await post('/product', { name, quantity: 1 });
    }
    await engine.change('product:apple', { action: { type: 'delete-product' } }, undefined);
    const names: string[] = [];
    let path: string | undefined = '/productslist?limit=2';
    while (path !== undefined && names.length < 20) {
      const response: Response = await app.request(path);
      const page = (await response.json()) as { name: string; quantity: number; version: number }[];
      expect(page.length).toBeLessThanOrEqual(2);
      names.push(...page.map(({ name }) => name));
      path = response.headers.get('link')?.match(/^<(.+)>; rel="next"$/)?.[1];
    }
    expect(names).toEqual(['__proto__', 'pear', 'zebra', 'ä&b']);
  });
});

describe('users', () => {
  it('are created once, filled, replaced and read', async () => {
    const { app, post } = createTestNode();
    const created = await post('/createuser', { email: ' Ann@Example.com ' });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(ANN_URL);
    expect(await created.json()).toEqual({ email: ANN, cart: {}, version: 1 });
    const again = await post('/createuser', { email: ANN });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: 'USER_EXISTS' });

    await post('/addtocart', { email: ANN, products: { apple: 1, Orange: 2 } });
    const more = await post('/addtocart', { email: ANN, products: { apple: 2 } });
    expect(await more.json()).toEqual({ email: ANN, cart: { apple: 3, orange: 2 }, version: 3 });
    const replaced = await post('/user', { email: ANN, cart: { pear: 4 } });
    expect(await replaced.json()).toMatchObject({ cart: { pear: 4 } });
    expect(await (await app.request(ANN_URL)).json()).toMatchObject({ email: ANN, cart: { pear: 4 } });
    expect(await (await app.request('/userslist')).json()).toMatchObject([{ email: ANN, cart: { pear: 4 } }]);
  });

  it('hold products with the names of object members', async () => {
    const { app, post } = await withAnn();
    const products = '{"__proto__": 2, "constructor": 3, "🍊": 1, "10": 1}';
    const response = await post('/addtocart', `{"email": "${ANN}", "products": ${products}}`);
    expect(response.status).toBe(200);
    const text = await (await app.request(ANN_URL)).text();
    expect(text).toContain('"__proto__":2');
    expect(Object.entries((JSON.parse(text) as { cart: object }).cart)).toEqual([
      ['10', 1],
      ['__proto__', 2],
      ['constructor', 3],
      ['🍊', 1],
    ]);
  });

  it.each([
    ['/user', { email: 'nobody@example.com', cart: {} }],
    ['/addtocart', { email: 'nobody@example.com', products: { apple: 1 } }],
  ])('must exist for POST %s', async (path, body) => {
    const { post, engine } = createTestNode();
    const response = await post(path, body);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'USER_NOT_FOUND' });
    expect(engine.records.size).toBe(0);
  });
});

describe('the calls of one node', () => {
  it('want the token for writes only', async () => {
    const { app, post } = createTestNode({ clusterToken: 'secret' });
    for (const path of ['/product', '/user', '/createuser', '/addtocart']) {
      expect((await post(path, {})).status).toBe(401);
    }
    const authorization = 'Bearer secret';
    expect((await post('/createuser', { email: ANN }, { authorization })).status).toBe(201);
    expect((await app.request(ANN_URL)).status).toBe(200);
  });

  it('say what a disk or a bug keeps them from', async () => {
    const { app, engine, post } = createTestNode();
    engine.readOnlyReason = 'no space left';
    const full = await post('/createuser', { email: ANN });
    expect(full.status).toBe(503);
    expect(await full.json()).toMatchObject({ code: 'READ_ONLY', detail: 'no space left' });
    engine.failure = new Error('secret');
    const broken = await app.request(ANN_URL);
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain('secret');
  });

  it('I19: are turned away while the node may hold, by the newest map it knows, what others have forgotten', async () => {
    const engine = new FakeEngine();
    let doubted = false;
    // The map that a caller told of, not the older one of the registry.
    engine.rememberedEpoch = 8;
    const isInDoubt = (epoch: number) => doubted && epoch === 8;
    const repair = { answer: answersOf(engine), figures: new RepairFigures(), fetching: () => undefined, isInDoubt };
    const epochs = new KnownEpochs({ fromRegistry: () => 7, synced: () => 6, memory: engine });
    const { app, post } = createTestNode({ engine, repair, epochs });
    await post('/createuser', { email: ANN });
    await post('/product', { name: 'apple', quantity: 1 });
    const before = [...engine.records];
    doubted = true;
    const answers = await Promise.all([
      ...[ANN_URL, '/product?name=apple', '/userslist', '/productslist'].map(async (path) => app.request(path)),
      post('/product', { name: 'apple', quantity: 1 }),
      post('/createuser', { email: 'bob@example.com' }),
      post('/user', { email: ANN, cart: { apple: 1 } }),
      post('/addtocart', { email: ANN, products: { apple: 1 } }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ code: 'NOT_READY' });
    }
    expect([...engine.records]).toEqual(before);
    doubted = false;
    expect((await app.request(ANN_URL)).status).toBe(200);
  });

  it('are turned away while the node stops, and give back the request id', async () => {
    const { app, gate } = createTestNode();
    await gate.close();
    const response = await app.request('/productslist', { headers: { 'x-request-id': 'mine' } });
    expect(response.status).toBe(503);
    expect(response.headers.get('x-request-id')).toBe('mine');
  });
});

interface BadRequest {
  readonly method?: string;
  readonly path: string;
  /** Text goes out as it is; anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly status?: number;
  /** The field that the answer must name. */
  readonly field?: string;
}

const product = (name: unknown, quantity: unknown) => ({ path: '/product', body: { name, quantity } });
const addition = (products: unknown) => ({ path: '/addtocart', body: { email: ANN, products } });

const BAD_REQUESTS: readonly BadRequest[] = [
  { path: '/product', body: {}, field: 'name' },
  { path: '/product', body: { name: 'apple' }, field: 'quantity' },
  { path: '/product', body: { quantity: 1 }, field: 'name' },
  { path: '/product', body: { name: 'apple', quantity: 1, price: 2 }, field: 'price' },
  { path: '/product', body: '{"name": "apple", "quantity": 1, "__proto__": {"a": 1}}', field: '__proto__' },
  { path: '/product', body: { name: 'apple', quantity: 1, constructor: 1 }, field: 'constructor' },
  { ...product('', 1), field: 'name' },
  { ...product('  ', 1), field: 'name' },
  { ...product(5, 1), field: 'name' },
  { ...product(null, 1), field: 'name' },
  { ...product({}, 1), field: 'name' },
  { ...product('x'.repeat(201), 1), field: 'name' },
  { ...product('a\u0000b', 1), field: 'name' },
  { ...product('a\ud800', 1), field: 'name' },
  { ...product('apple', '1'), field: 'quantity' },
  { ...product('apple', 0.5), field: 'quantity' },
  { ...product('apple', 1e308), field: 'quantity' },
  { ...product('apple', -1e15), field: 'quantity' },
  { ...product('apple', 1_000_000_001), field: 'quantity' },
  { ...product('apple', null), field: 'quantity' },
  { ...product('apple', true), field: 'quantity' },
  { ...product('apple', [1]), field: 'quantity' },
  { path: '/product', body: '{"name": "apple", "quantity": NaN}' },
  { path: '/product', body: '[]', field: 'body' },
  { path: '/product', body: 'null', field: 'body' },
  { path: '/product', body: '"text"', field: 'body' },
  { path: '/product', body: '' },
  { path: '/product', body: '{"name": ' },
  { path: '/product', body: '['.repeat(50_000) },
  { path: '/product', body: { name: 'x'.repeat(2_000_000), quantity: 1 }, status: 413 },
  { path: '/product', body: '{}', headers: { 'content-type': 'text/plain' }, status: 415 },
  { path: '/createuser', body: {}, field: 'email' },
  { path: '/createuser', body: { email: 'ann' }, field: 'email' },
  { path: '/createuser', body: { email: `${'a'.repeat(300)}@example.com` }, field: 'email' },
  { path: '/createuser', body: { email: 'new@example.com', cart: {} }, field: 'cart' },
  { path: '/user', body: { email: ANN }, field: 'cart' },
  { path: '/user', body: { email: ANN, cart: [] }, field: 'cart' },
  { path: '/user', body: { email: ANN, cart: null }, field: 'cart' },
  { path: '/user', body: { email: ANN, cart: { apple: -1 } }, field: 'cart.apple' },
  { path: '/user', body: { email: ANN, cart: { '': 1 } }, field: 'cart.' },
  { path: '/user', body: { cart: {} }, field: 'email' },
  { path: '/addtocart', body: { email: ANN }, field: 'products' },
  { ...addition({}), field: 'products' },
  { ...addition(['apple']), field: 'products' },
  { ...addition({ apple: 0 }), field: 'products.apple' },
  { ...addition({ apple: 1.5 }), field: 'products.apple' },
  { ...addition({ apple: '1' }), field: 'products.apple' },
  { ...addition({ apple: 1, ' Apple': 1 }), field: 'products. Apple' },
  { ...addition({ 'a\nb': 1 }), field: 'products.a\nb' },
  { path: '/addtocart', body: `{"email": "${ANN}", "products": {"__proto__": 0}}`, field: 'products.__proto__' },
  { method: 'GET', path: '/product', field: 'name' },
  { method: 'GET', path: '/product?name=', field: 'name' },
  { method: 'GET', path: '/product?name=a&name=b', field: 'name' },
  { method: 'GET', path: '/product?name=a&x=1', field: 'x' },
  { method: 'GET', path: '/product?name=%00', field: 'name' },
  { method: 'GET', path: '/user', field: 'email' },
  { method: 'GET', path: '/user?email=ann', field: 'email' },
  { method: 'GET', path: '/productslist?limit=0', field: 'limit' },
  { method: 'GET', path: '/productslist?limit=1001', field: 'limit' },
  { method: 'GET', path: '/productslist?limit=x', field: 'limit' },
  { method: 'GET', path: '/productslist?cursor=', field: 'cursor' },
  { method: 'GET', path: '/userslist?cursor=x', field: 'cursor' },
  { method: 'GET', path: '/userslist?page=2', field: 'page' },
  { path: '/product?w=all', body: { name: 'apple', quantity: 1 }, field: 'w' },
  { path: '/createuser?email=new@example.com', body: { email: 'new@example.com' }, field: 'email' },
  { method: 'GET', path: '/nothing', status: 404 },
  { method: 'GET', path: '/product/', status: 404 },
  { method: 'GET', path: '/%ff', status: 404 },
  { method: 'DELETE', path: '/product?name=apple', status: 405 },
  { method: 'GET', path: '/addtocart', status: 405 },
  { method: 'PUT', path: '/user', body: {}, status: 405 },
];

function described({ method = 'POST', path, body }: BadRequest): string {
  return `${method} ${path} ${(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, 60)}`;
}

describe('bad input', () => {
  it.each(BAD_REQUESTS.map((request) => [described(request), request] as const))(
    '%s is refused, and changes nothing',
    async (_, { method = 'POST', path, body, headers, status = 400, field }) => {
      const { app, engine } = await withAnn();
      const before = [...engine.records];
      const response = await app.request(path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const problem = problemSchema.parse(await response.json());
      expect(problem.errors?.[0]?.field).toBe(field);
      expect([...engine.records]).toEqual(before);
    },
  );
});
