/*
 * The page Stress: a test from its start to its verdict, one that is stopped, and that a reload finds the run again.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { startShopCluster, type ShopCluster } from '../support/shop-cluster.ts';
import { waitUntil } from '../support/wait-until.ts';

const TEST_TIMEOUT_MS = 120_000;
/** As long as a small test may take on a machine that has much else to do. */
const VERDICT_TIMEOUT_MS = 90_000;

let cluster: ShopCluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startShopCluster(), openBrowser()]);
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test('a test from start to verdict', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/stress`);
  const { page, errors } = opened;
  await page.getByText('No test has run yet').waitFor();
  await page.getByRole('radio', { name: /^3\. Two clients take everything at once/ }).check();
  await page.getByLabel('Size, in items').fill('0');
  await page.getByText('Must be a whole number from 1 to 10,000.').waitFor();
  await page.getByLabel('Size, in items').fill('40');
  await page.getByLabel('Workers').fill('4');
  await page.getByRole('button', { name: 'Start test 3' }).click();

  const run = page.getByRole('region', { name: 'Test 3: Two clients take everything at once' });
  await run.waitFor();
  await run.getByText('Passed', { exact: true }).waitFor({ timeout: VERDICT_TIMEOUT_MS });
  await run.getByText('Every item is taken once, and neither client gets less than a third.').waitFor();
  await run.getByText(/^80 of 80 steps/).waitFor();
  await run.getByText('What became of the requests').waitFor();
  await run.getByText('The plots as a table').click();
  await run.getByRole('columnheader', { name: 'Requests per second' }).waitFor();
  expect(page.url()).toMatch(/[?&]run=[^&]+/);

  await page.reload();
  await run.getByText('Passed', { exact: true }).waitFor();
  expect(await page.getByRole('radio', { name: /^3\./ }).isChecked()).toBe(true);
  expect(errors).toEqual([]);
});

test('a test is stopped, and the next can start', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/stress?test=2`);
  const { page } = opened;
  await page.getByLabel('Size, in requests').fill('100000');
  await page.getByRole('button', { name: 'Start test 2' }).click();
  const run = page.getByRole('region', { name: 'Test 2: Random requests of several clients' });
  await run.getByText('running', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'A test is running' }).isDisabled()).toBe(true);
  await waitUntil(
    'requests to be done',
    async () => (await run.getByRole('progressbar').getAttribute('value')) !== '0',
  );
  await run.getByRole('button', { name: 'Stop' }).click();
  await run.getByText('It was stopped before there was a verdict.').waitFor({ timeout: VERDICT_TIMEOUT_MS });
  await page.getByRole('button', { name: 'Start test 2' }).waitFor();
});

test('a run that is not known any more is told as such', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/stress?run=run-of-yesterday`);
  const { page } = opened;
  await page.getByText('This run is not known any more').waitFor();
  await page.getByRole('button', { name: 'Show the latest' }).click();
  await page.getByText('This run is not known any more').waitFor({ state: 'detached' });
  expect(page.url()).not.toContain('run=');
});
