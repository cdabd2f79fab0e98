/*
 * The machine's own time. The one file that touches Date.now, performance.now and timers; everything
 * else is handed a Clock.
 */
import type { Clock } from './environment.ts';

/** The longest delay that a Node.js timer takes; beyond it, it would fire at once. */
const TIMER_DELAY_MAX_MS = 2 ** 31 - 1;

/** Time as this machine keeps it. Its timers do not keep the process alive; delays are cut at 24.8 days. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), TIMER_DELAY_MAX_MS));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Resolves after whatever input is waiting has been handled. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
