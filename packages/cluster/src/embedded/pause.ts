/*
 * Waits, on the clock that it is given. A signal ends the wait early; it never throws.
 */
import type { Clock } from '../environment.ts';

/** Resolves after the time, or as soon as the signal is aborted. */
export async function pause(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    return;
  }
  await new Promise<void>((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(forMs, end);
    signal.addEventListener('abort', end);
  });
}

const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 400;

/** How long to wait before the next try after so many failures in a row: doubles from 50 ms up to 400 ms. */
export function retryDelayMs(failures: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAX_MS);
}
