/*
 * The page Cluster on a cluster that `trolley up` started: a node is killed and seen down, the tour is taken from start
 * to end, the address keeps the place, and all of it works without a mouse.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { get } from '../support/client.ts';
import { followEvents } from '../support/event-stream.ts';
import { property } from '../support/json.ts';
import { startShopCluster, type ShopCluster } from '../support/shop-cluster.ts';
import { waitUntil } from '../support/wait-until.ts';

const TEST_TIMEOUT_MS = 120_000;
/** What the page may take after the gateway has noticed. */
const SEEN_DOWN_MAX_MS = 3_000;

let cluster: ShopCluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startShopCluster(), openBrowser()]);
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test(
  'a node that is killed is seen down within 3 s of being noticed, and up again',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await using events = await followEvents(cluster.url);
    await using opened = await openPage(browser, `${cluster.url}/#/cluster`);
    const { page, errors } = opened;
    const card = page.locator('[data-node="node-2"]');
    await card.and(page.locator('[data-liveness="up"]')).waitFor();
    await page.getByRole('button', { name: 'Kill node-2' }).click();
    await card.and(page.locator('[data-liveness="down"]')).waitFor();
    const seenMs = Date.now();
    await waitUntil('the gateway to tell', () =>
      events.some(({ type, data }) => type === 'node-down' && data['node'] === 'node-2'),
    );
    const noticed = events.events.find(({ type }) => type === 'node-down');
    expect(seenMs - Number(noticed?.data['atMs'])).toBeLessThan(SEEN_DOWN_MAX_MS);
    await page.locator('.event-list').getByText('node-2 is down').waitFor();

    await page.getByRole('button', { name: 'Restart node-2' }).click();
    await card.and(page.locator('[data-liveness="up"]')).waitFor();
    expect(errors).toEqual([]);
  },
);

test('the guided tour, from start to end', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/cluster`);
  const { page, errors } = opened;
  await page.getByRole('link', { name: 'Watch a repair happen' }).click();
  await page.getByRole('button', { name: 'ann@example.com' }).click();
  await nextStep(page, 1);
  await page
    .locator('.tour')
    .getByRole('button', { name: /^Kill node-/ })
    .click();
  await nextStep(page, 2);
  const victim = new URL(page.url().replace('#/', '')).searchParams.get('victim') ?? '';
  await page.getByRole('button', { name: 'Add one to the cart' }).click();
  const replica = page.locator(`[data-replica="${victim}"]`);
  await replica.and(page.locator('[data-standing="behind"]')).waitFor();
  await page.locator('.tour[data-done="true"]').waitFor();
  // All that the tour knows is in the address.
  await page.reload();
  await nextStep(page, 3);
  await page
    .locator('.tour')
    .getByRole('button', { name: `Restart ${victim}` })
    .click();
  await nextStep(page, 4);
  await page.getByRole('button', { name: 'Read the cart' }).click();
  await page.locator('.tour[data-done="true"]').waitFor();
  await replica.and(page.locator('[data-standing="current"]')).waitFor();

  const { body } = await get(cluster.url, '/cluster/where?key=user:ann@example.com');
  const version = Number(property(property(body, 'merged'), 'version'));
  await replica.locator(`[data-repair="${version - 1}-${version}"]`).waitFor();
  await page
    .locator('.tour')
    .getByText(`from version ${version - 1} to ${version}`)
    .waitFor();
  await page.getByRole('button', { name: 'Close the tour' }).click();
  await page.locator('.tour').waitFor({ state: 'detached' });
  expect(errors).toEqual([]);
});

test(
  'what the page looks at is in its address, and survives a reload and the way back',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await using opened = await openPage(browser, `${cluster.url}/#/cluster`);
    const { page } = opened;
    await page.getByLabel('Key', { exact: true }).fill('product:orange');
    await page.getByRole('button', { name: 'Look' }).click();
    await page.locator('.replica').first().waitFor();
    await page.getByRole('group', { name: 'Kinds of events to show' }).getByRole('button', { name: 'nodes' }).click();
    await page.getByRole('button', { name: /^node-1\b.*groups/ }).click();
    expect(page.url()).toContain('#/cluster?key=product:orange&events=nodes&node=node-1');

    await page.reload();
    await page.locator('.replica').first().waitFor();
    expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('product:orange');
    expect(await page.locator('.share[aria-pressed="true"]').innerText()).toContain('node-1');
    expect(await page.locator('.event-filter [aria-pressed="true"]').innerText()).toBe('nodes');

    await page.getByRole('link', { name: 'Shop' }).click();
    await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor();
    await page.goBack();
    await page.locator('.replica').first().waitFor();
  },
);

test('a key that is none is refused in words', async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/cluster?key=orange`);
  expect(await opened.page.getByRole('alert').innerText()).toContain('must be a key such as product:orange');
});

test('everything by keyboard alone', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/cluster`);
  const { page } = opened;
  await page.locator('[data-node="node-3"]').waitFor();
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Skip to the page');
  await page.keyboard.press('Enter');

  await tabTo(page, 'Kill node-3');
  await page.keyboard.press('Enter');
  await page.locator('[data-node="node-3"][data-liveness="down"]').waitFor();
  await tabTo(page, 'Restart node-3');
  await page.keyboard.press('Enter');
  await page.locator('[data-node="node-3"][data-liveness="up"]').waitFor();

  await tabTo(page, 'Key');
  await page.keyboard.type('product:apple');
  await page.keyboard.press('Enter');
  await page.locator('.replica').first().waitFor();

  const group = await tabTo(page, /^Group \d+:/);
  await page.keyboard.press('ArrowRight');
  const next = await focused(page);
  expect(Number(/\d+/.exec(next)?.[0])).toBe(Number(/\d+/.exec(group)?.[0]) + 1);
  await page.keyboard.press('Enter');
  await page.locator('.group-detail').getByText(next).waitFor();
});

/** Waits for the step to be done and goes on to the next. */
async function nextStep(page: Page, number: number): Promise<void> {
  await page.locator(`.tour[data-step="${number}"][data-done="true"]`).waitFor();
  await page.getByRole('button', { name: /^Next: / }).click();
  await page.locator(`.tour[data-step="${number + 1}"]`).waitFor();
}

const TABS_MAX = 200;

/** Presses the tab key until something of this name has the focus; resolves to the whole name. */
async function tabTo(page: Page, name: string | RegExp): Promise<string> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    await page.keyboard.press('Tab');
    const found = await focused(page);
    if (typeof name === 'string' ? found === name : name.test(found)) return found;
  }
  throw new Error(`the tab key never comes to ${String(name)}`);
}

/** What screen readers call what has the focus. */
async function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const { activeElement: element } = document;
    return element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText ?? '';
  })()`);
}
