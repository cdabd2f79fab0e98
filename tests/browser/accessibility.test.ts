/*
 * What axe-core says of each page, light and wide, dark and narrow: nothing serious, nothing critical. And that no page
 * is wider than a small telephone.
 */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { listOf } from '../support/json.ts';
import { startShopCluster, type ShopCluster } from '../support/shop-cluster.ts';

const TEST_TIMEOUT_MS = 120_000;
const GRAVE: ReadonlySet<unknown> = new Set(['serious', 'critical']);

/** Each page as it is when there is much on it. */
const ROUTES = [
  ['Cluster', '#/cluster?key=user:ann@example.com&node=node-1'],
  ['Cluster', '#/cluster?tour=1&key=user:ann@example.com'],
  ['Shop', '#/shop'],
  ['Shop', '#/shop?user=ann@example.com&also=ben@example.org&search=juice'],
  ['Library', '#/library'],
  ['Library', '#/library?search=ledger&available=yes&keeper=yes'],
  ['Theatre', '#/theatre'],
  ['Theatre', '#/theatre?room=lighthouse&user=ann@example.com'],
  ['Stress', '#/stress'],
] as const;
const LOOKS = [
  ['light', 1280],
  ['dark', 360],
] as const;

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

const cases = ROUTES.flatMap(([title, route]) =>
  LOOKS.map(([colorScheme, width]) => ({ title, route, colorScheme, width })),
);

test.each(cases)('$route, $colorScheme, $width px wide', { timeout: TEST_TIMEOUT_MS }, async (look) => {
  const { title, route, colorScheme, width } = look;
  await using opened = await openPage(browser, `${cluster.url}/${route}`, {
    colorScheme,
    viewport: { width, height: 900 },
    // The library is put into the page past its policy; nothing else is.
    bypassCSP: true,
    reducedMotion: 'reduce',
  });
  const { page, errors } = opened;
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.locator('.connection.live').waitFor();
  expect(await graveIssues(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  expect(errors).toEqual([]);
});

/** What is seriously wrong, and where. */
async function graveIssues(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const result: unknown = await page.evaluate('axe.run()');
  return listOf(result, 'violations')
    .filter(({ impact }) => GRAVE.has(impact))
    .map(
      (issue) =>
        `${String(issue['id'])}: ${listOf(issue, 'nodes')
          .map(({ target }) => String(target))
          .join(' | ')}`,
    );
}
