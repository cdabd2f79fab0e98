/*
 * A clock whose timers are cheap to set and to call off, at the price of coming up to two milliseconds late: those that
 * fall due together are run by one timer of the clock beneath. Each request sets some, and calls nearly all of them off.
 */
import type { Clock, Timer } from '@trolley/cluster';

const TICK_MS = 2;

/** The same clock with such timers. */
export function withSharedTimers(clock: Clock): Clock {
  /** By the tick at which they are due. What was called off stays until then. */
  const waiting = new Map<number, SharedTimer[]>();

  function run(tick: number): void {
    const timers = waiting.get(tick) ?? [];
    waiting.delete(tick);
    for (const timer of timers) timer.run();
  }

  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    after(delayMs, callback) {
      const nowMs = clock.monotonicMs();
      const tick = Math.ceil((nowMs + Math.max(delayMs, 0)) / TICK_MS);
      const timer = new SharedTimer(callback);
      const timers = waiting.get(tick);
      if (timers === undefined) {
        waiting.set(tick, [timer]);
        clock.after(tick * TICK_MS - nowMs, () => run(tick));
      } else {
        timers.push(timer);
      }
      return timer;
    },
  };
}

class SharedTimer implements Timer {
  #callback: (() => void) | undefined;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  /** Also lets go of what the callback holds. */
  cancel(): void {
    this.#callback = undefined;
  }

  run(): void {
    this.#callback?.();
  }
}
