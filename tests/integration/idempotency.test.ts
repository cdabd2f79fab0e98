/*
 * A request sent again with its Idempotency-Key is applied once: through other gateways, after its
 * coordinator died or hung, and when the copies arrive together.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { get, mustPost, post, type Answer } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { property } from '../support/json.ts';
import { waitUntilNodesAgree } from '../support/node-contents.ts';
import { waitUntil } from '../support/wait-until.ts';
import { coordinatorOf } from '../support/where.ts';

let cluster: TestCluster;
let users = 0;
/** A user of its own, with an empty cart, for each test. */
let email: string;

beforeAll(async () => {
  cluster = await startCluster({ gateways: 3 });
  for (const name of ['apple', 'orange']) await mustPost(cluster.url, '/product', { name, quantity: 5 });
});

afterAll(async () => cluster?.stop());

beforeEach(async () => {
  users += 1;
  email = `user-${users}@example.com`;
  await mustPost(cluster.url, '/createuser', { email });
});

test('a request sent again through each gateway is applied once, and answered alike', async () => {
  const addition = { email, products: { apple: 2 } };
  for (const index of [0, 1, 2, 0]) {
    const answer = await sendOnce(index, '/addtocart', addition, 'add two apples');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ email, cart: { apple: 2 } });
  }
  await waitUntilNodesAgree(cluster);
  expect(await cartAt(1)).toEqual({ apple: 2 });
});

test('every call that POSTs applies once', async () => {
  const name = 'pear';
  const created = `created-${email}`;
  const calls: readonly (readonly [path: string, body: unknown, status: number, expected: object])[] = [
    ['/product', { name, quantity: 7 }, 200, { name, quantity: 7 }],
    ['/createuser', { email: created }, 201, { email: created, cart: {} }],
    ['/addtocart', { email: created, products: { apple: 3 } }, 200, { cart: { apple: 3 } }],
    ['/user', { email: created, cart: { apple: 1, orange: 1 } }, 200, { cart: { apple: 1, orange: 1 } }],
    ['/removefromcart', { email: created, products: ['apple'] }, 200, { cart: { orange: 1 } }],
  ];
  for (const [path, body, status, expected] of calls) {
    for (const index of [0, 1, 2]) {
      const answer = await sendOnce(index, path, body, `one ${path}`);
      expect(answer.status).toBe(status);
      expect(answer.body).toMatchObject(expected);
    }
  }
  const again = await post(cluster.url, '/createuser', { email: created }, { 'idempotency-key': 'another' });
  expect(again.status).toBe(409);
});

test('I11: copies that arrive together at three gateways are applied once', async () => {
  const copies = Array.from({ length: 12 }, async (_, index) =>
    sendOnce(index % 3, '/addtocart', { email, products: { apple: 1, orange: 2 } }, 'together'),
  );
  for (const { status, body } of await Promise.all(copies)) {
    expect(status).toBe(200);
    expect(body).toMatchObject({ cart: { apple: 1, orange: 2 } });
  }
  await waitUntilNodesAgree(cluster);
  expect(await cartAt(2)).toEqual({ apple: 1, orange: 2 });
});

test('the key with another request about the same user is refused with 422, and changes nothing', async () => {
  await sendOnce(0, '/addtocart', { email, products: { apple: 1 } }, 'a key');
  const others = [
    ['/addtocart', { email, products: { apple: 2 } }],
    ['/addtocart', { email, products: { orange: 1 } }],
    ['/removefromcart', { email, products: ['apple'] }],
    ['/user', { email, cart: {} }],
  ] as const;
  const before = await waitUntilNodesAgree(cluster);
  for (const [index, [path, body]] of others.entries()) {
    const answer = await sendOnce(index % 3, path, body, 'a key');
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  }
  expect(await waitUntilNodesAgree(cluster)).toEqual(before);
});

test('a request sent again after its coordinator was killed is applied once', async () => {
  const addition = { email, products: { apple: 1 } };
  expect((await sendOnce(0, '/addtocart', addition, 'before the crash')).status).toBe(200);
  const coordinator = await coordinatorOf(cluster.url, `user:${email}`);
  await cluster.node(coordinator).kill();

  for (const index of [1, 2]) {
    const answer = await sendOnce(index, '/addtocart', addition, 'before the crash');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ cart: { apple: 1 } });
  }

  await cluster.startNode(coordinator);
  await cluster.waitForUp([...cluster.nodes.keys()]);
  expect((await sendOnce(0, '/addtocart', addition, 'before the crash')).status).toBe(200);
  expect(await cartAt(0)).toEqual({ apple: 1 });
});

test('a request that its coordinator hung on, and may have made, is applied once', async () => {
  const addition = { email, products: { apple: 1 } };
  const coordinator = await coordinatorOf(cluster.url, `user:${email}`);
  cluster.node(coordinator).signal('SIGSTOP');
  try {
    const answer = await sendOnce(0, '/addtocart', addition, 'hung');
    expect(answer.status).toBe(200);
    expect((await sendOnce(1, '/addtocart', addition, 'hung')).body).toMatchObject({ cart: { apple: 1 } });
  } finally {
    // Now it carries out what it was sent before another one did.
    cluster.node(coordinator).signal('SIGCONT');
  }
  await cluster.waitForUp([...cluster.nodes.keys()]);
  await waitUntil('the coordinator to hold the cart', async () => {
    expect((await get(cluster.node(coordinator).url, `/user?email=${email}`)).body).toMatchObject({
      cart: { apple: 1 },
    });
    return true;
  });
  expect((await sendOnce(2, '/addtocart', addition, 'hung')).body).toMatchObject({ cart: { apple: 1 } });
  const all = await get(cluster.url, `/user?email=${email}&r=all`);
  expect(all.body).toMatchObject({ cart: { apple: 1 } });
});

async function sendOnce(gateway: number, path: string, body: unknown, key: string): Promise<Answer> {
  return post(cluster.gateways[gateway]?.url ?? '', path, body, { 'idempotency-key': key });
}

async function cartAt(gateway: number): Promise<unknown> {
  const { body } = await get(cluster.gateways[gateway]?.url ?? '', `/user?email=${email}`);
  return property(body, 'cart');
}
