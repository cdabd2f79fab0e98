/*
 * The page Theatre: seats are taken, several at once and by keyboard alone, and another page's plan turns meanwhile.
 */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdUntilAllPost } from '../support/at-once.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { get, mustPost } from '../support/client.ts';
import { property } from '../support/json.ts';
import { startShopCluster, type ShopCluster } from '../support/shop-cluster.ts';

const TEST_TIMEOUT_MS = 120_000;

let cluster: ShopCluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startShopCluster(), openBrowser()]);
  await cluster.run('seed', 'theatre');
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test('seats that one takes turn on the plan of another who looks', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using ann = await openRoom('lighthouse', 'ann@example.com');
  await using ben = await openRoom('lighthouse', 'ben@example.com');
  await seat(ann.page, 'Row C seat 7, free').click();
  await seat(ann.page, 'Row C seat 8, free').click();
  await seat(ben.page, 'Row C seat 8, free').click();
  await ann.page.getByRole('button', { name: 'Take 2 seats' }).click();
  await ann.page.getByText('2 seats are yours.').waitFor();
  await seat(ann.page, 'Row C seat 7, yours').waitFor();

  await seat(ben.page, 'Row C seat 7, taken').waitFor();
  await seat(ben.page, 'Row C seat 8, taken').waitFor();
  await ben.page.getByText('Somebody else was faster: C8 is taken.').waitFor();
  await ben.page.getByText(/^Nothing chosen\./).waitFor();
  expect([...ann.errors, ...ben.errors]).toEqual([]);
});

test('of two who take one seat at once, one has it and the other is told', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using ann = await openRoom('marmalade', 'ann@example.com');
  await using ben = await openRoom('marmalade', 'ben@example.com');
  const pages = [ann.page, ben.page];
  for (const page of pages) await seat(page, 'Row A seat 1, free').click();
  await holdUntilAllPost(pages, '/reservations');
  await Promise.all(pages.map(async (page) => page.getByRole('button', { name: 'Take this seat' }).click()));
  const outcomes = await Promise.all(
    pages.map(async (page) => page.locator('.outcome-line.told').filter({ hasText: 'A1' }).innerText()),
  );
  expect(outcomes.toSorted()[0]).toBe('A1 is yours.');
  expect(outcomes.toSorted()[1]).toMatch(/^Somebody else was faster: A1 is taken\./);
});

test('one moves from seat to seat, and gives seats back', { timeout: TEST_TIMEOUT_MS }, async () => {
  await mustPost(cluster.url, '/reservations', { email: 'cem@example.com', items: ['seat.paper-inn.r02.s02'] });
  await using opened = await openRoom('paper-inn', 'cem@example.com');
  const { page } = opened;
  await page.getByText('You have B2.').waitFor();
  await seat(page, 'Row B seat 2, yours').click();
  await seat(page, 'Row D seat 4, free').click();
  await page.getByRole('button', { name: 'Move from B2 to D4' }).click();
  await page.getByText('You have D4 instead of B2.').waitFor();
  await page.getByText('You have D4.').waitFor();
  expect(await holderOf('seat.paper-inn.r02.s02')).toBeNull();

  await seat(page, 'Row D seat 4, yours').click();
  await page.getByRole('button', { name: 'Give this seat back' }).click();
  await page.getByText('D4 is free again.').waitFor();
  expect(await holderOf('seat.paper-inn.r04.s04')).toBeNull();
});

test('a reload keeps the room and who one is', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/theatre?user=dan@example.com`);
  const { page } = opened;
  await page.getByRole('link', { name: /^Nine Clocks/ }).click();
  await page.getByRole('grid', { name: 'Seats of Old Foundry' }).waitFor();
  await page.reload();
  await page.getByRole('grid', { name: 'Seats of Old Foundry' }).waitFor();
  expect(await page.getByLabel('Go as').inputValue()).toBe('dan@example.com');
  await page.goBack();
  await page.getByRole('link', { name: /^The Understudy/ }).waitFor();
});

test('seats are taken by keyboard alone', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openRoom('understudy', 'eve@example.com');
  const { page } = opened;
  await page.keyboard.press('Tab');
  for (let tabs = 0; tabs < 30 && (await focused(page)) !== 'Row A seat 1, free'; tabs += 1)
    await page.keyboard.press('Tab');
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'Space', 'End', 'Space', 'ArrowRight']) {
    await page.keyboard.press(key);
  }
  expect(await focused(page)).toBe('Row C seat 10, free, chosen');
  await page.getByText('Chosen: C2, C10.').waitFor();
  for (let tabs = 0; tabs < 30 && (await focused(page)) !== 'Take 2 seats'; tabs += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('You have C2, C10.').waitFor();
  expect(opened.errors).toEqual([]);
});

async function openRoom(room: string, user: string) {
  const opened = await openPage(browser, `${cluster.url}/#/theatre?room=${room}&user=${user}`);
  await opened.page.getByRole('grid').waitFor();
  return opened;
}

function seat(page: Page, name: string): Locator {
  return page.getByRole('button', { name, exact: true });
}

async function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    `document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? ''`,
  );
}

async function holderOf(item: string): Promise<unknown> {
  return property((await get(cluster.url, `/items/${item}`)).body, 'holder');
}
