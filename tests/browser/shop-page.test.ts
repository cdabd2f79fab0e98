/*
 * The page Shop: somebody buys something, two want the last one, and the page says when a reply was degraded.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { get, mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { listOf, property } from '../support/json.ts';
import { waitUntil } from '../support/wait-until.ts';

const TEST_TIMEOUT_MS = 120_000;
const PRODUCTS = 40;

let cluster: TestCluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startCluster(), openBrowser()]);
  for (let number = 1; number <= PRODUCTS; number += 1) {
    const name = `thing ${String(number).padStart(2, '0')}`;
    await mustPost(cluster.url, '/product', { name, quantity: 10 });
  }
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test('somebody finds a product, buys it, and cancels the order', { timeout: TEST_TIMEOUT_MS }, async () => {
  await mustPost(cluster.url, '/product', { name: 'orange juice', quantity: 5 });
  await using opened = await openPage(browser, `${cluster.url}/#/shop?user=ann@example.com`);
  const { page, errors } = opened;
  await page.getByRole('button', { name: 'Create this user' }).click();
  await page.getByText('The cart is empty').waitFor();

  await page.getByLabel('Search the shelf').fill('JUICE');
  await page.getByRole('row', { name: 'orange juice' }).waitFor();
  await page.getByRole('row', { name: 'thing 01' }).waitFor({ state: 'detached' });
  expect(page.url()).toContain('search=JUICE');
  await addToCart(page, 'orange juice');
  await page.getByRole('button', { name: 'One orange juice more' }).click();
  await expectQuantity(page, 'orange juice', 2);
  await page.getByLabel('Quantity of orange juice').fill('4');
  await page.getByLabel('Quantity of orange juice').press('Enter');
  await page.getByText('The cart has 4 orange juice now.').waitFor();
  await page.getByRole('button', { name: 'One orange juice fewer' }).click();
  await page.getByText('The cart has 3 orange juice now.').waitFor();
  expect(await cartOf('ann@example.com')).toEqual({ 'orange juice': 3 });

  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByText('Ordered 3 things.').waitFor();
  await page.getByText('3 orange juice', { exact: true }).waitFor();
  await expectAvailable(page, 'orange juice', '2');
  await page.getByRole('button', { name: /^Cancel the order of .*, 3 things$/ }).click();
  await page.getByText('Cancelled: 3 things go back to the shelf.').waitFor();
  await expectAvailable(page, 'orange juice', '5');
  expect(errors).toEqual([]);
});

test(
  'of two who want the last one at once, one gets it and the other is told',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await mustPost(cluster.url, '/product', { name: 'last pear', quantity: 1 });
    for (const email of ['bea@example.com', 'cem@example.com']) await mustPost(cluster.url, '/createuser', { email });
    const route = '#/shop?user=bea@example.com&also=cem@example.com&search=last+pear';
    await using opened = await openPage(browser, `${cluster.url}/${route}`);
    const { page } = opened;
    await page.getByRole('button', { name: 'Add last pear to both carts at once' }).click();
    await page.getByRole('button', { name: 'One last pear more' }).nth(1).waitFor();
    await page.getByRole('button', { name: 'Both check out at once' }).click();
    await page.getByText('Ordered 1 thing.').waitFor();
    await page.getByText('Nothing was ordered. There is no last pear left.').waitFor();
    await expectAvailable(page, 'last pear', 'none left');
    const orders = await Promise.all(['bea@example.com', 'cem@example.com'].map(ordersOf));
    expect(orders.flat()).toHaveLength(1);
  },
);

test('a reload keeps the search, the page and who shops', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/shop?user=dan@example.com&search=thing`);
  const { page } = opened;
  await page.getByRole('row', { name: 'thing 01' }).waitFor();
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByRole('row', { name: 'thing 16' }).waitFor();
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByRole('row', { name: 'thing 40' }).waitFor();
  expect(await page.getByRole('link', { name: 'Next' }).count()).toBe(0);

  await page.reload();
  await page.getByRole('row', { name: 'thing 31' }).waitFor();
  expect(await page.getByLabel('Search the shelf').inputValue()).toBe('thing');
  await page.getByText('There is no user dan@example.com yet').waitFor();
  await page.goBack();
  await page.getByRole('row', { name: 'thing 16' }).waitFor();
});

test(
  'with one of three replicas left the cart still takes things, and says so',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await mustPost(cluster.url, '/createuser', { email: 'eve@example.com' });
    await using opened = await openPage(browser, `${cluster.url}/#/shop?user=eve@example.com&search=thing`);
    const { page } = opened;
    await page.getByRole('row', { name: 'thing 02' }).waitFor();
    await cluster.node('node-1').kill();
    await cluster.node('node-2').kill();
    await cluster.waitForUp(['node-3']);
    await addToCart(page, 'thing 02');
    await page.getByText('Degraded: kept by 1 of 3 replicas so far.').waitFor();
    await page.getByRole('region', { name: 'Cart of eve' }).getByText('Degraded: 1 of 3 replicas answered').waitFor();

    await cluster.startNode('node-1');
    await cluster.startNode('node-2');
    await page
      .getByText(/^Degraded: 1 of 3 replicas answered/)
      .first()
      .waitFor({ state: 'detached' });
    await expectQuantity(page, 'thing 02', 1);
  },
);

async function addToCart(page: Page, product: string): Promise<void> {
  await page.getByRole('button', { name: `Add ${product} to the cart of` }).click();
  await page.getByLabel(`Quantity of ${product}`).waitFor();
}

async function expectQuantity(page: Page, product: string, quantity: number): Promise<void> {
  const field = page.getByLabel(`Quantity of ${product}`);
  await waitUntil(`${quantity} of ${product}`, async () => (await field.inputValue()) === String(quantity));
}

async function expectAvailable(page: Page, product: string, text: string): Promise<void> {
  await page.getByRole('row', { name: product }).getByRole('cell', { name: text, exact: true }).last().waitFor();
}

async function cartOf(email: string): Promise<unknown> {
  return property((await get(cluster.url, `/user?email=${email}`)).body, 'cart');
}

async function ordersOf(email: string): Promise<readonly unknown[]> {
  const { body } = await get(cluster.url, `/orders?email=${email}`);
  return listOf({ orders: body }, 'orders');
}
