/*
 * What holds for the pages as a whole: they are small, fetch nothing from elsewhere, stand still while they fill, and
 * are as light or dark as somebody chose.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { startShopCluster, type ShopCluster } from '../support/shop-cluster.ts';

const TEST_TIMEOUT_MS = 120_000;
const ASSETS = path.resolve(import.meta.dirname, '../../packages/console/dist/web/assets');
const SCRIPTS_MAX_BYTES = 90_000;
/** Of the measure of browsers, in which 0.1 is good. */
const LAYOUT_SHIFT_MAX = 0.05;
const PAGES = ['cluster', 'shop', 'library', 'theatre', 'stress'];

let cluster: ShopCluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startShopCluster(), openBrowser()]);
  await cluster.run('seed', 'all');
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test('all scripts together are at most 90 kB, gzipped', async () => {
  const names = (await readdir(ASSETS)).filter((name) => name.endsWith('.js'));
  const sizes = names.map(async (name) => gzipSync(await readFile(path.join(ASSETS, name))).length);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(SCRIPTS_MAX_BYTES);
});

test.each([360, 1280])(
  'at %d px, pages stand still while they fill, and ask nobody else',
  { timeout: TEST_TIMEOUT_MS },
  async (width) => {
    await using opened = await openPage(browser, 'about:blank', { viewport: { width, height: 900 } });
    const { page, errors } = opened;
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    await page.addInitScript(`globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });`);
    for (const name of PAGES) {
      // A page of its own each time: the hash alone would not load it anew.
      await page.goto('about:blank');
      await page.goto(`${cluster.url}/#/${name}`);
      await page.locator('main h1').waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      await page.locator('.connection.live').waitFor();
      expect(Number(await page.evaluate('shift')), name).toBeLessThan(LAYOUT_SHIFT_MAX);
    }
    expect([...asked]).toEqual([cluster.url]);
    expect(errors).toEqual([]);
  },
);

test('light or dark is as the system has it until somebody chooses, and then as chosen', async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/cluster`, { colorScheme: 'dark' });
  const { page } = opened;
  const ground = async (): Promise<unknown> =>
    page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  const theme = page.getByRole('button', { name: /^Theme: / });
  await theme.waitFor();
  const dark = await ground();
  await theme.click();
  expect(await theme.innerText()).toBe('Theme: light');
  expect(await ground()).not.toBe(dark);
  await page.reload();
  expect(await theme.innerText()).toBe('Theme: light');
  await theme.click();
  expect(await ground()).toBe(dark);
});
