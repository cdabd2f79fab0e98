/*
 * How soon a page shows something, and how evenly it draws, as the browser itself measures both.
 */
import type { Browser, Page } from 'playwright-core';

/** The times between frames, in milliseconds. */
export interface FrameTimes {
  readonly frames: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Frames that took 50 ms or more. */
  readonly late: number;
}

const LATE_MS = 50;

/** Milliseconds from the request for the page to the first thing on it, in a profile of its own. */
export async function firstContentfulPaintMs(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    await page.locator('main h1').waitFor();
    return await page.evaluate<number>(`new Promise((resolve) =>
      new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime);
      }).observe({ type: 'paint', buffered: true }))`);
  } finally {
    await page.close();
  }
}

/** Begins to count the work of the page's thread: scripts, styles, layout, painting. The function tells the seconds so far. */
export async function countWork(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const total = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  const before = await total();
  return async () => (await total()) - before;
}

/** Watches the frames of a page for a while. */
export async function frameTimes(page: Page, durationMs: number): Promise<FrameTimes> {
  const times = await page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    const end = last + ${durationMs};
    const next = (now) => {
      times.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(next);
      else resolve(times.slice(1));
    };
    requestAnimationFrame(next);
  })`);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const late = sorted.filter((time) => time >= LATE_MS).length;
  return { frames: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1), late };
}
