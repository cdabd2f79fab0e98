/*
 * Waits, on the clock that it is given.
 */
import type { Clock } from '@trolley/cluster';

/** Resolves after the time. */
export async function pause(clock: Clock, forMs: number): Promise<void> {
  await new Promise<void>((resolve) => void clock.after(forMs, resolve));
}
