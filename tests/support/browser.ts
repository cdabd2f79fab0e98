/*
 * A real browser for tests of the web pages: Debian's Chromium without a window. What a page throws, or reports as an
 * error of its own, fails the test that has it open.
 */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  // The tests run as root in containers, where Chromium's own sandbox cannot work.
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** As long as a machine that has much else to do may take. */
const TIMEOUT_MS = 20_000;

/** A page and what went wrong in it. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors that it threw, and breaches of the policy that it is served with. */
  readonly errors: readonly string[];
}

/** Starts a browser. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Opens an address in a profile of its own, as another person would have it. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && isOfThePage(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors, [Symbol.asyncDispose]: async () => context.close() };
}

/** That a call failed the browser reports by itself; a page is expected to live with it. */
function isOfThePage(text: string): boolean {
  return !text.startsWith('Failed to load resource');
}
