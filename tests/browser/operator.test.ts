/*
 * What the page Cluster lets an operator do to nodes, and nobody else: pause and cut off, resume and rejoin, with the
 * operator's token where there is one; and nothing at all where no launcher is.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { startCluster } from '../support/cluster.ts';
import { startShopClusterWith, type ShopCluster } from '../support/shop-cluster.ts';

const TEST_TIMEOUT_MS = 120_000;
const TOKEN = 'the-token-of-the-tests';

let cluster: ShopCluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startShopClusterWith({ OPERATOR_TOKEN: TOKEN }), openBrowser()]);
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test('the token is asked for, asked for again when it is wrong, and kept', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/cluster`);
  const { page, errors } = opened;
  const dialog = page.getByRole('dialog', { name: 'The operator’s token' });
  await page.getByRole('button', { name: 'Pause node-2' }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Nothing was done: this needs the operator’s token.').waitFor();

  await page.getByRole('button', { name: 'Pause node-2' }).click();
  await giveToken(page, 'another');
  await dialog.getByText('The token that was sent is wrong.').waitFor();
  await giveToken(page, TOKEN);
  await liveness(page, 'node-2', 'paused').waitFor();
  await page.getByRole('button', { name: 'Resume node-2' }).click();
  await liveness(page, 'node-2', 'up').waitFor();

  await page.getByRole('button', { name: 'Cut off node-3' }).click();
  await liveness(page, 'node-3', 'cut off').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Rejoin node-3' }).click();
  await liveness(page, 'node-3', 'up').waitFor();
  expect(await dialog.count()).toBe(0);
  expect(errors).toEqual([]);
});

test('without a launcher there are no buttons, and the page says why', { timeout: TEST_TIMEOUT_MS }, async () => {
  const other = await startCluster();
  try {
    await using opened = await openPage(browser, `${other.url}/#/cluster`);
    const { page } = opened;
    await liveness(page, 'node-1', 'up').waitFor();
    expect(await page.getByRole('button', { name: /^(?:Kill|Pause|Cut off) / }).count()).toBe(0);
    await page.getByText('They cannot be commanded from here').waitFor();
    await page.getByText('so needs a cluster that trolley up started').waitFor();
  } finally {
    await other.stop();
  }
});

async function giveToken(page: Page, token: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Token' }).fill(token);
  await page.getByRole('button', { name: 'Go on' }).click();
}

function liveness(page: Page, node: string, text: string) {
  return page.locator(`[data-node="${node}"][data-liveness="${text}"]`);
}
