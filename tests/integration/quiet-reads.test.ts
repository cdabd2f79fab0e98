/*
 * Reads of keys whose replicas agree write nothing, anywhere, and in quiet times ask no more replicas than
 * a quorum. Counted by the nodes themselves.
 */
import { afterEach, expect, test } from 'vitest';
import { get, mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { metricsOf } from '../support/metrics.ts';
import { contentsOfAll, waitUntilNodesAgree } from '../support/node-contents.ts';

const PRODUCTS = 20;
/** Enough that a repair that a first read began in the background would be done within the last. */
const ROUNDS = 20;
/** Of three replicas, asked for a record and for the stock that is shown with a product. */
const QUORUM = 2;

let cluster: TestCluster | undefined;

afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test('I14: reads of keys whose replicas agree write nothing, though nodes have just come up', async () => {
  const shop = await startShop();
  const before = { written: await writtenBy(shop), contents: await contentsOfAll(shop) };

  await readEverything(shop);
  for (const path of ['/productslist', '/userslist', '/cluster/where?key=user:ann@example.com']) {
    expect((await get(shop.url, path)).status).toBe(200);
  }

  expect(await writtenBy(shop)).toEqual(before.written);
  expect(await contentsOfAll(shop)).toEqual(before.contents);
  expect((await metricsOf(shop.url)).sum('trolley_gateway_repairs_total')).toBe(0);
});

test('reads ask a quorum and no more once all nodes are in step, while none is late', async () => {
  const shop = await startShop({ ANTI_ENTROPY_INTERVAL_MS: '100' });
  await expect.poll(() => watchedBy(shop), { timeout: 30_000 }).toBe(0);
  const before = { reads: await readsOf(shop), hedges: await hedgesOf(shop) };

  const { products, users } = await readEverything(shop);

  const hedges = (await hedgesOf(shop)) - before.hedges;
  const more = (await readsOf(shop)) - before.reads - QUORUM * (2 * products + users);
  expect(more).toBeGreaterThanOrEqual(0);
  // A hedge asks one more for its context, and one more for its record when only contexts have come.
  expect(more).toBeLessThanOrEqual(2 * hedges);
});

test('one write changes each replica once, and a read of it nothing more', async () => {
  const shop = await startShop();
  const before = await changesOf(shop);
  await mustPost(shop.url, '/addtocart', { email: 'ann@example.com', products: { 'product 1': 1 } });
  await waitUntilNodesAgree(shop);
  expect((await changesOf(shop)) - before).toBe(shop.nodes.size);

  await get(shop.url, '/user?email=ann@example.com&r=all');
  expect((await changesOf(shop)) - before).toBe(shop.nodes.size);
});

/** A cluster with products and a cart on which all replicas agree. */
async function startShop(environment: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
  // What nodes ask each other for repair would be counted among the reads.
  const nodeEnvironment = { HINTS: 'off', ANTI_ENTROPY_INTERVAL_MS: '3600000', ...environment };
  cluster = await startCluster({ nodeEnvironment });
  for (const name of productNames()) await mustPost(cluster.url, '/product', { name, quantity: 5 });
  await mustPost(cluster.url, '/createuser', { email: 'ann@example.com' });
  await mustPost(cluster.url, '/addtocart', { email: 'ann@example.com', products: { 'product 0': 2 } });
  await waitUntilNodesAgree(cluster);
  return cluster;
}

/** Reads each product and the user some times, some that do not exist too; resolves to how many it read of each. */
async function readEverything({ url }: TestCluster): Promise<{ readonly products: number; readonly users: number }> {
  const paths = [
    ...productNames().map((name) => `/product?name=${name}`),
    '/user?email=ann@example.com',
    '/product?name=nothing',
    '/user?email=nobody@example.com',
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    const statuses = await Promise.all(paths.map(async (path) => (await get(url, path)).status));
    expect(statuses).toEqual(paths.map((path) => (/nothing|nobody/.test(path) ? 404 : 200)));
  }
  const products = paths.filter((path) => path.startsWith('/product')).length;
  return { products: ROUNDS * products, users: ROUNDS * (paths.length - products) };
}

function productNames(): string[] {
  return Array.from({ length: PRODUCTS }, (_, index) => `product ${index}`);
}

/** All that a write would move, node by node. */
async function writtenBy({ nodes }: TestCluster) {
  const all = [...nodes].map(async ([id, { url }]) => {
    const metrics = await metricsOf(url);
    const written = {
      changed: metrics.sum('trolley_node_records_changed_total'),
      changes: metrics.sum('trolley_node_operations_total', { type: 'change' }),
      merges: metrics.sum('trolley_node_operations_total', { type: 'merge' }),
      commits: metrics.sum('trolley_node_commits_total'),
      committedEntries: metrics.sum('trolley_node_committed_entries_total'),
      journalBytes: metrics.sum('trolley_node_journal_bytes'),
      checkpoints: metrics.sum('trolley_node_checkpoints_total'),
    };
    return [id, written] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

async function readsOf(shop: TestCluster): Promise<number> {
  return sumOverNodes(shop, 'trolley_node_operations_total', { type: 'read' });
}

async function changesOf(shop: TestCluster): Promise<number> {
  return sumOverNodes(shop, 'trolley_node_records_changed_total', {});
}

async function sumOverNodes({ nodes }: TestCluster, name: string, labels: Record<string, string>): Promise<number> {
  const counts = [...nodes.values()].map(async ({ url }) => (await metricsOf(url)).sum(name, labels));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function watchedBy({ url }: TestCluster): Promise<number> {
  return (await metricsOf(url)).sum('trolley_gateway_watched_nodes');
}

async function hedgesOf({ url }: TestCluster): Promise<number> {
  return (await metricsOf(url)).sum('trolley_gateway_hedged_reads_total');
}
