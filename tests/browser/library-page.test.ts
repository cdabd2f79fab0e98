/*
 * The page Library: two readers want the same book, one takes several, changes one, gives one back; a keeper adds and
 * removes books.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdUntilAllPost } from '../support/at-once.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { get, mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { property } from '../support/json.ts';

const TEST_TIMEOUT_MS = 120_000;
const BOOKS = [
  ['b-01', 'Nine Tides', 'Ada Hazelmere'],
  ['b-02', 'The Locked Ledger', 'Bruno Émberfall'],
  ['b-03', 'Ledger of Rain', 'Ada Hazelmere'],
  ['b-04', 'Salt and Paper', 'Nora Ledger'],
  ['b-05', 'Winter Harbour', 'Ivo Kestrel'],
  ['b-06', 'Glass Orchard', 'Ivo Kestrel'],
  ['b-07', 'A Quiet Engine', 'Wim Russet'],
] as const;

let cluster: TestCluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startCluster(), openBrowser()]);
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

test('without books the page says what to run', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/library`);
  await opened.page.getByText('npx trolley seed all').waitFor();
  for (const [id, title, author] of BOOKS) await mustPost(cluster.url, '/items', { id, kind: 'book', title, author });
  await bookOf(opened.page, 'b-01').waitFor();
  expect(await idsOn(opened.page)).toEqual(BOOKS.map(([id]) => id));
});

test(
  'of two readers who want one book at once, one has it and the other is told',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await using ann = await openPage(browser, `${cluster.url}/#/library?user=ann@example.com`);
    await using ben = await openPage(browser, `${cluster.url}/#/library?user=ben@example.com`);
    const pages = [ann.page, ben.page];
    const button = { name: 'Reserve Nine Tides, by Ada Hazelmere' };
    await Promise.all(pages.map(async (page) => page.getByRole('button', button).waitFor()));
    await holdUntilAllPost(pages, '/reservations');
    await Promise.all(pages.map(async (page) => page.getByRole('button', button).click()));
    const outcomes = await Promise.all(
      pages.map(async (page) => page.locator('.outcome-line.told').filter({ hasText: 'Nine Tides' }).innerText()),
    );
    expect(outcomes.toSorted()).toEqual([
      'Somebody else was faster: “Nine Tides” is taken. Nothing was reserved for you.',
      '“Nine Tides” is yours.',
    ]);
    const winner = pages[outcomes.findIndex((text) => text.endsWith('is yours.'))];
    const loser = pages.find((page) => page !== winner);
    await winner?.locator('[data-book="b-01"][data-state="yours"]').waitFor();
    await loser?.locator('[data-book="b-01"][data-state="taken"]').waitFor();
    expect([...ann.errors, ...ben.errors]).toEqual([]);
  },
);

test('several books at once, one changed to another, one given back', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/library?user=cem@example.com`);
  const { page } = opened;
  for (const book of ['Winter Harbour', 'Glass Orchard']) await page.getByLabel(`Choose ${book}`).check();
  const bar = page.getByRole('region', { name: 'Chosen books' });
  await bar.getByText('2 books chosen').waitFor();
  await bar.getByLabel('All or none').check();
  await bar.getByRole('button', { name: 'Reserve them' }).click();
  await page.getByText('2 books are yours.').waitFor();

  const mine = page.getByRole('region', { name: 'My reservations' });
  await mine.getByRole('button', { name: 'Change Winter Harbour' }).click();
  await page.getByText('Which book instead of “Winter Harbour”?').waitFor();
  // The question is in the address.
  await page.reload();
  await page.getByRole('button', { name: 'Have Salt and Paper, by Nora Ledger instead' }).click();
  await page.getByText('You have “Salt and Paper” instead.').waitFor();
  await page.locator('[data-book="b-05"][data-state="free"]').waitFor();

  await mine.getByRole('button', { name: 'Cancel Glass Orchard' }).click();
  await page.getByText('“Glass Orchard” is free again.').waitFor();
  expect(await Promise.all(['b-04', 'b-05', 'b-06'].map(holderOf))).toEqual(['cem@example.com', null, null]);
});

test(
  'the search and whether only available books are shown survive a reload',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await mustPost(cluster.url, '/reservations', { email: 'dan@example.com', items: ['b-03'] });
    await using opened = await openPage(browser, `${cluster.url}/#/library?user=eve@example.com`);
    const { page } = opened;
    // A book that has not come yet is not there either.
    await bookOf(page, 'b-01').waitFor();
    await page.getByLabel('Search the catalogue').fill('ledger');
    await bookOf(page, 'b-01').waitFor({ state: 'detached' });
    expect(await idsOn(page)).toEqual(['b-02', 'b-03', 'b-04']);
    await page.getByLabel('Words stand').selectOption('in the title');
    await bookOf(page, 'b-04').waitFor({ state: 'detached' });
    await page.getByLabel('Available only').check();
    await bookOf(page, 'b-03').waitFor({ state: 'detached' });
    await page.reload();
    await bookOf(page, 'b-02').waitFor();
    expect(await idsOn(page)).toEqual(['b-02']);
    expect(await page.getByLabel('Search the catalogue').inputValue()).toBe('ledger');
  },
);

test('a book is added, and removed', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using opened = await openPage(browser, `${cluster.url}/#/library?user=ann@example.com`);
  const { page } = opened;
  await page.getByRole('button', { name: 'Add a book' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a book' });
  await dialog.getByRole('button', { name: 'Add the book' }).click();
  await dialog.getByText('A book needs a title.').waitFor();
  await dialog.getByLabel('Title').fill('The Sea Clerk');
  await dialog.getByLabel('Author').fill('Gita Ember');
  await dialog.getByLabel('Year').fill('1999');
  await dialog.getByRole('button', { name: 'Add the book' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('“The Sea Clerk” is in the catalogue').waitFor();

  await page.getByLabel('Search the catalogue').fill('clerk');
  await page.getByLabel('Remove books').check();
  await page.getByRole('button', { name: 'Remove The Sea Clerk, by Gita Ember' }).click();
  await page.getByRole('button', { name: 'Remove the book' }).click();
  await page.getByText('No book fits').waitFor();
  expect(opened.errors).toEqual([]);
});

function bookOf(page: Page, id: string) {
  return page.locator(`[data-book="${id}"]`);
}

async function idsOn(page: Page): Promise<readonly (string | null)[]> {
  const books = await page.locator('[data-book]').all();
  return Promise.all(books.map(async (book) => book.getAttribute('data-book')));
}

async function holderOf(item: string): Promise<unknown> {
  const holder = property((await get(cluster.url, `/items/${item}`)).body, 'holder');
  return holder === null ? null : property(holder, 'email');
}
