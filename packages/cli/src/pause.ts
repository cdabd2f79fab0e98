/*
 * Waiting, on a given clock, for a time or for a condition. Always bounded.
 */
import type { Clock } from '@trolley/cluster';

/** Resolves after the delay, or at once when the signal aborts. Never rejects. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.after(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** How long to try, and how often. */
export interface Patience {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

/** Looks again and again until `look` finds something; undefined when the time is up first. */
export async function waitFor<T>(
  clock: Clock,
  patience: Patience,
  look: () => Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const endMs = clock.monotonicMs() + patience.timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (signal?.aborted === true || clock.monotonicMs() + patience.intervalMs > endMs) return undefined;
    await pause(clock, patience.intervalMs, signal);
  }
}
