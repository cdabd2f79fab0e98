/*
 * Ordinary use loses no update: many clients add to carts at the same time, through three gateways, and
 * every apple is there afterwards, on every replica.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { get, mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { property } from '../support/json.ts';
import { metricsOf } from '../support/metrics.ts';
import { waitUntilNodesAgree } from '../support/node-contents.ts';

const CLIENTS = 64;
const ADDS_PER_CLIENT = 50;
const TEST_TIMEOUT_MS = 120_000;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({ gateways: 3 });
  await mustPost(cluster.url, '/product', { name: 'apple', quantity: 1 });
});

afterAll(async () => cluster?.stop());

let fallbacksBefore: number;
beforeEach(async () => {
  fallbacksBefore = await coordinatorFallbacks();
});

test(
  '64 clients that add 50 times one apple to one cart through three gateways make 3200 apples',
  async () => {
    const email = 'everyone@example.com';
    await mustPost(cluster.url, '/createuser', { email });

    await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => addApples(client, email)));

    for (const { url } of cluster.gateways) expect(await applesOf(url, email)).toBe(CLIENTS * ADDS_PER_CLIENT);
    // With another coordinator in between, concurrent additions would have merged to their maximum.
    expect(await coordinatorFallbacks()).toBe(fallbacksBefore);
    await waitUntilNodesAgree(cluster);
    for (const node of cluster.nodes.values()) expect(await applesOf(node.url, email)).toBe(CLIENTS * ADDS_PER_CLIENT);
  },
  TEST_TIMEOUT_MS,
);

test(
  '64 clients with a cart each make 50 apples in each cart',
  async () => {
    const emails = Array.from({ length: CLIENTS }, (_, client) => `client-${client}@example.com`);

    await Promise.all(
      emails.map(async (email, client) => {
        await mustPost(gatewayOf(client), '/createuser', { email });
        await addApples(client, email);
      }),
    );

    expect(await coordinatorFallbacks()).toBe(fallbacksBefore);
    await waitUntilNodesAgree(cluster);
    for (const email of emails) {
      expect(await applesOf(cluster.url, email)).toBe(ADDS_PER_CLIENT);
      for (const node of cluster.nodes.values()) expect(await applesOf(node.url, email)).toBe(ADDS_PER_CLIENT);
    }
  },
  TEST_TIMEOUT_MS,
);

/** Adds one apple after the other, each through the next gateway. */
async function addApples(client: number, email: string): Promise<void> {
  for (let round = 0; round < ADDS_PER_CLIENT; round += 1) {
    await mustPost(gatewayOf(client + round), '/addtocart', { email, products: { apple: 1 } });
  }
}

function gatewayOf(turn: number): string {
  const gateway = cluster.gateways[turn % cluster.gateways.length];
  if (gateway === undefined) throw new Error('the cluster has no gateway');
  return gateway.url;
}

async function applesOf(url: string, email: string): Promise<unknown> {
  const { body } = await get(url, `/user?email=${email}`);
  return property(property(body, 'cart'), 'apple');
}

async function coordinatorFallbacks(): Promise<number> {
  const counts = cluster.gateways.map(async ({ url }) =>
    (await metricsOf(url)).sum('trolley_gateway_coordinator_fallbacks_total'),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
