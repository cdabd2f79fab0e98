/*
 * The key lens on a cluster that heals by reads alone: a stale replica and its repair, siblings and their merge. And
 * the pages when their gateway goes away and comes back.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { get, mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { waitUntilCompared } from '../support/compared.ts';

const TEST_TIMEOUT_MS = 120_000;
const A_DAY_MS = '86400000';

let cluster: TestCluster;
let browser: Browser;

beforeAll(async () => {
  const nodeEnvironment = { HINTS: 'off', ANTI_ENTROPY_INTERVAL_MS: A_DAY_MS };
  // Left to itself the cluster would find a difference within the day.
  [cluster, browser] = await Promise.all([startCluster({ nodeEnvironment }), openBrowser()]);
  await waitUntilCompared(cluster);
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test('a stale replica is shown, and turns current when a read repairs it', { timeout: TEST_TIMEOUT_MS }, async () => {
  await mustPost(cluster.url, '/product', { name: 'orange', quantity: 5 });
  // All three have it before two of them miss that more is put on the shelf.
  await get(cluster.url, '/product?name=orange&r=all');
  await mustPost(cluster.node('node-1').url, '/product', { name: 'orange', quantity: 4 });

  await using opened = await openPage(browser, `${cluster.url}/#/cluster?key=product:orange`);
  const { page, errors } = opened;
  const replica = page.locator('[data-replica="node-2"]');
  await replica.and(page.locator('[data-standing="stale"]')).waitFor();
  expect(await replica.innerText()).toMatch(/Version\s+1 of 2\s+Value\s+5\s/);

  await get(cluster.url, '/product?name=orange&r=all');
  await replica.and(page.locator('[data-standing="current"]')).waitFor();
  await replica.locator('[data-repair="1-2"]').getByText('by a read').waitFor();
  expect(await replica.innerText()).toMatch(/Version\s+2\s+Value\s+9\s/);
  expect(errors).toEqual([]);
});

test(
  'values written apart are shown as siblings, with what their merge comes to',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await mustPost(cluster.node('node-1').url, '/product', { name: 'durian', quantity: 2 });
    await mustPost(cluster.node('node-2').url, '/product', { name: 'durian', quantity: 3 });
    await using opened = await openPage(browser, `${cluster.url}/#/cluster?key=product:durian`);
    const { page } = opened;
    const siblings = page.getByRole('region', { name: 'Siblings' });
    await siblings
      .getByText('node-1 and node-2 each have a write that the other lacks')
      .or(siblings.getByText('node-2 and node-1 each have a write that the other lacks'))
      .waitFor();
    await get(cluster.url, '/product?name=durian&r=all');
    await siblings.getByText('has 2 siblings').waitFor();
    expect(await siblings.innerText()).toMatch(/The smallest counts: 2\./);
  },
);

test('the pages say that the gateway is away, and go on when it is back', { timeout: TEST_TIMEOUT_MS }, async () => {
  const port = new URL(cluster.url).port;
  await using opened = await openPage(browser, `${cluster.url}/#/cluster?key=product:orange`);
  const { page } = opened;
  await page.locator('.replica').first().waitFor();
  await page.locator('.event-list').getByText('node-2 is up').first().waitFor();

  const [gateway] = cluster.gateways;
  if (gateway === undefined) throw new Error('there is no gateway');
  await cluster.killGateway(gateway);
  await page.getByRole('alert').getByText('The gateway does not answer.').waitFor();
  // What it said last is still to be seen.
  expect(await page.locator('.replica').count()).toBe(3);
  expect(await page.locator('.event-list').getByText('node-2 is up').count()).toBeGreaterThan(0);

  await cluster.startGateway({ PORT: port });
  await page.getByText('The gateway does not answer.').waitFor({ state: 'detached' });
  await cluster.waitForUp(['node-1', 'node-2', 'node-3']);
  const before = await page.locator('[data-type="node-down"]').count();
  await cluster.node('node-3').kill();
  await page.locator('[data-type="node-down"]').nth(before).waitFor();
  await cluster.startNode('node-3');
});
