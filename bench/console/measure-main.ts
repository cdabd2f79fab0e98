/*
 * `npm run console:measure`: prints how large the web pages are, how soon they show something, and how evenly the page
 * Cluster draws while its feed brings 500 events a second.
 */
import { loadavg } from 'node:os';
import { openBrowser } from './browser.ts';
import { openBusyFeed } from './busy-feed.ts';
import { builtFiles } from './page-size.ts';
import { countWork, firstContentfulPaintMs, frameTimes } from './page-speed.ts';
import { openShop } from './shop.ts';

const LOADS = 7;
const EVENTS_PER_SECOND = 500;
const WATCHED_MS = 10_000;
const SETTLE_MS = 2_000;
const SCRIPTS_MAX_BYTES = 90_000;

const shop = await openShop();
const feed = await openBusyFeed(shop.url, EVENTS_PER_SECOND);
const browser = await openBrowser();
try {
  await printSizes();
  await printPaint();
  await printFrames();
} finally {
  await browser.close();
  await feed.stop();
  await shop.stop();
}

async function printSizes(): Promise<void> {
  const [scripts, styles] = await Promise.all([builtFiles('.js'), builtFiles('.css')]);
  const sum = (files: typeof scripts): number => files.reduce((bytes, file) => bytes + file.gzippedBytes, 0);
  print(
    `scripts, gzipped     ${kilobytes(sum(scripts))} in ${scripts.length} files, of ${kilobytes(SCRIPTS_MAX_BYTES)}`,
  );
  print(`styles, gzipped      ${kilobytes(sum(styles))} in ${styles.length} files`);
}

async function printPaint(): Promise<void> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load += 1)
    times.push(await firstContentfulPaintMs(browser, `${shop.url}/#/cluster`));
  times.sort((a, b) => a - b);
  print(
    `first paint          ${milliseconds(times[Math.floor(LOADS / 2)])} in the median of ${LOADS} loads, at most ${milliseconds(times.at(-1))}`,
  );
}

/** At rest and with the busy feed in turn, since what else the machine does shows in both. */
async function printFrames(): Promise<void> {
  for (const [what, url] of [
    ['frames at rest      ', shop.url],
    [`frames at ${EVENTS_PER_SECOND}/s    `, feed.url],
    ['frames at rest      ', shop.url],
    [`frames at ${EVENTS_PER_SECOND}/s    `, feed.url],
  ] as const) {
    print(`${what} ${await framesText(url)}`);
  }
  print(`load of the machine  ${loadavg()[0]?.toFixed(1)}`);
}

async function framesText(url: string): Promise<string> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${url}/#/cluster?key=user:ann@example.com`);
  await page.locator('.replica').first().waitFor();
  await page.waitForTimeout(SETTLE_MS);
  const worked = await countWork(page);
  const { frames, p50Ms, p99Ms, mostMs, late } = await frameTimes(page, WATCHED_MS);
  const workSeconds = await worked();
  await page.close();
  return (
    `${frames} in ${WATCHED_MS / 1000} s: p50 ${milliseconds(p50Ms)}, p99 ${milliseconds(p99Ms)}, ` +
    `most ${milliseconds(mostMs)}; ${late} of 50 ms or more; busy ${((workSeconds / WATCHED_MS) * 100_000).toFixed(0)} %`
  );
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function milliseconds(time: number | undefined): string {
  return `${(time ?? 0).toFixed(1)} ms`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
