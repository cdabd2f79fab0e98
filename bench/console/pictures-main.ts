/*
 * `npm run console:pictures`: pictures of every page, light and dark, narrow and wide, into bench/results/pictures/; to
 * be looked at. The last ones show a replica that missed a write, and are for the documents.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { openShop } from './shop.ts';

const FOLDER = fileURLToPath(new URL('../../results/pictures/', import.meta.url));
const PAGES = {
  cluster: '#/cluster?key=user:ann@example.com&node=node-2',
  tour: '#/cluster?tour=1&key=user:ann@example.com',
  shop: '#/shop',
  library: '#/library',
  theatre: '#/theatre',
  room: '#/theatre?room=understudy&user=ann@example.com',
  stress: '#/stress',
} as const;
/** What comes after the first answers: suggestions, the events of before. */
const SETTLE_MS = 700;
const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [360, 1280, 1920] as const;

const shop = await openShop();
const browser = await openBrowser();
try {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, route] of Object.entries(PAGES)) {
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) await picture(browser, { name, route, colorScheme, width });
    }
  }
  for (const colorScheme of SCHEMES) await pictureOfRepair(browser, colorScheme);
} finally {
  await browser.close();
  await shop.stop();
}

/** Takes the tour until a replica is behind, then to its end. */
async function pictureOfRepair(from: Browser, colorScheme: (typeof SCHEMES)[number]): Promise<void> {
  const page = await from.newPage({ viewport: { width: 1280, height: 1_120 }, colorScheme, reducedMotion: 'reduce' });
  await page.goto(`${shop.url}/#/cluster?tour=2&key=user:ann@example.com`);
  const step = async (button: RegExp): Promise<void> => {
    await page.locator('.tour').getByRole('button', { name: button }).click();
    await page.locator('.tour[data-done="true"]').waitFor();
  };
  const next = async (): Promise<void> => page.getByRole('button', { name: /^Next/ }).click();
  await step(/^Kill/);
  await next();
  await step(/^Add one/);
  await page.locator('[data-standing="behind"]').waitFor();
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: path.join(FOLDER, `behind-${colorScheme}.png`) });
  await next();
  await step(/^Restart/);
  await next();
  await step(/^Read/);
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: path.join(FOLDER, `repaired-${colorScheme}.png`) });
  await page.close();
}

interface Look {
  readonly name: string;
  readonly route: string;
  readonly colorScheme: (typeof SCHEMES)[number];
  readonly width: number;
}

async function picture(from: Browser, { name, route, colorScheme, width }: Look): Promise<void> {
  const page = await from.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
  await page.goto(`${shop.url}/${route}`);
  await page.locator('main h1').waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.locator('.connection.live').waitFor();
  await page.waitForTimeout(SETTLE_MS);
  const file = path.join(FOLDER, `${name}-${colorScheme}-${width}.png`);
  await page.screenshot({ path: file, fullPage: true });
  await page.close();
  process.stdout.write(`${file}\n`);
}
