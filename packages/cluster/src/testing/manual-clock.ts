/*
 * A clock that a test moves by hand. Timers run in the order of their time while it is moved; nothing
 * here waits for real time.
 */
import type { Clock } from '../environment.ts';

/** A clock that stands still until it is advanced. */
export interface ManualClock extends Clock {
  /** Moves both the wall clock and the monotonic time, running what falls due on the way, in order. */
  advance(byMs: number): void;
}

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock at the given wall-clock time that moves only through `advance`. Its monotonic time starts at 0. */
export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  const pending = new Set<Pending>();
  let elapsedMs = 0;

  function earliestUntil(limitMs: number): Pending | undefined {
    let earliest: Pending | undefined;
    for (const timer of pending) {
      if (timer.dueMs <= limitMs && (earliest === undefined || timer.dueMs < earliest.dueMs)) {
        earliest = timer;
      }
    }
    return earliest;
  }

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(delayMs, callback) {
      const timer = { dueMs: elapsedMs + Math.max(delayMs, 0), callback };
      pending.add(timer);
      return { cancel: () => void pending.delete(timer) };
    },
    advance(byMs) {
      const untilMs = elapsedMs + byMs;
      for (let next = earliestUntil(untilMs); next !== undefined; next = earliestUntil(untilMs)) {
        pending.delete(next);
        elapsedMs = next.dueMs;
        next.callback();
      }
      elapsedMs = untilMs;
    },
  };
}
