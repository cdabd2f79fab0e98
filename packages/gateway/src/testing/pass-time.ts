/*
 * Lets the time of a manual clock pass while something is awaited that may be waiting for it.
 */
import type { ManualClock } from '@trolley/cluster/testing';

/** How much time passes in each turn of the event loop. */
const STEP_MS = 5;

/** What the work comes to. */
export async function whileTimePasses<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const done = work.finally(() => (state.isDone = true));
  // Told to whoever awaits the result below.
  done.catch(() => {});
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (state.isDone) return done;
    clock.advance(STEP_MS);
  }
}
