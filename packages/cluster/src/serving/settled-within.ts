/*
 * Waits for something, but not for ever.
 */
import type { Clock } from '../environment.ts';

/** Resolves to whether the promise was settled within the time; how it was settled does not matter. */
export async function settledWithin(clock: Clock, timeoutMs: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(timeoutMs, () => resolve(false));
    const settled = (): void => {
      timer.cancel();
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
