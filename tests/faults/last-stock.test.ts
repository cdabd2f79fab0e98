/*
 * More buyers than stock, while nodes die: exactly as many orders as there were units, and nothing left. Each buyer
 * asks again under the same Idempotency-Key until answered, and once more after that, and gets one order.
 *
 * STRESS=full sells 100 units to 300 clients; STRESS_SEED repeats the draws of a run that failed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, mustPost, post, type Answer } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { isFullSize, SIZED_TIMEOUT_MS, tell } from '../support/full-size.ts';
import { isObject, property } from '../support/json.ts';
import { freshSeed, numberSetting } from '../support/number-setting.ts';
import { untilAnswered } from '../support/retrying-client.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { whileProcessesDie } from './deaths.ts';
import { inTurn } from './steady-load.ts';

const SEED = numberSetting('STRESS_SEED', freshSeed());
const [STOCK, CLIENTS] = isFullSize ? [100, 300] : [20, 60];
const PRODUCT = 'last ones';
const SET_UP_AT_ONCE = 16;

let cluster: TestCluster;
const random = seededRandom(SEED);
const emails = Array.from({ length: CLIENTS }, (_, client) => `buyer-${client}@example.com`);

beforeAll(async () => {
  cluster = await startCluster({
    registry: 'zookeeper',
    gateways: 3,
    gatewayEnvironment: { NODE_TIMEOUT_MS: '20000' },
  });
  await mustPost(cluster.url, '/product', { name: PRODUCT, quantity: STOCK });
  await inTurn(emails, SET_UP_AT_ONCE, async (email) => {
    await mustPost(cluster.url, '/createuser', { email });
    await mustPost(cluster.url, '/addtocart', { email, products: { [PRODUCT]: 1 } });
  });
}, SIZED_TIMEOUT_MS);

afterAll(async () => {
  await cluster?.stop();
});

test(
  `I38, I39, I40: a stock of ${STOCK} makes ${STOCK} orders for ${CLIENTS} clients, whatever dies (STRESS_SEED=${SEED})`,
  async () => {
    const urls = cluster.gateways.map(({ url }) => url);
    const { result: answers, deaths } = await whileProcessesDie(cluster, random, 1, async () =>
      Promise.all(emails.map(async (email, client) => checkOut(urls, client, email))),
    );
    expect(deaths.nodes).toBeGreaterThan(0);
    const orders = answers.filter(({ status }) => status === 201).map(({ body }) => String(property(body, 'id')));
    const others = answers.filter(({ status }) => status !== 201);
    tell(`Stock of ${STOCK}, ${CLIENTS} clients: ${orders.length} orders, ${JSON.stringify(deaths)} killed`);
    expect(others.filter(({ status, body }) => status !== 409 || property(body, 'code') !== 'SHORT_STOCK')).toEqual([]);
    expect(orders).toHaveLength(STOCK);
    expect(new Set(orders).size).toBe(STOCK);

    await expectOneOrderEach(urls, answers);
    const { body: product } = await get(cluster.url, `/product?name=${encodeURIComponent(PRODUCT)}`);
    expect(product).toMatchObject({ quantity: STOCK, available: 0 });
  },
  SIZED_TIMEOUT_MS,
);

/** Checks out until there is an answer, and then once more elsewhere: it must be the same one. */
async function checkOut(urls: readonly string[], client: number, email: string): Promise<Answer> {
  const send = async (url: string) => post(url, '/checkout', { email }, { 'idempotency-key': `buy-${client}` });
  const first = await untilAnswered(urls, client, send);
  const second = await untilAnswered(urls, client + 1, send);
  if (first.status === 201 && property(first.body, 'id') !== property(second.body, 'id')) {
    throw new Error(`${email} was given two orders`);
  }
  // Whoever was turned away may have been so for the sake of an order that was not made after all.
  return second;
}

async function expectOneOrderEach(urls: readonly string[], answers: readonly Answer[]): Promise<void> {
  await inTurn([...emails.entries()], SET_UP_AT_ONCE, async ([client, email]) => {
    const isBuyer = answers[client]?.status === 201;
    const { body: orders } = await get(urls[client % urls.length] ?? '', `/orders?email=${email}`);
    const confirmed = Array.isArray(orders)
      ? orders.filter((order) => isObject(order) && order['state'] === 'confirmed')
      : [];
    expect(confirmed, email).toHaveLength(isBuyer ? 1 : 0);
    const { body: user } = await get(urls[client % urls.length] ?? '', `/user?email=${email}`);
    expect(property(user, 'cart'), email).toEqual(isBuyer ? {} : { [PRODUCT]: 1 });
  });
}
