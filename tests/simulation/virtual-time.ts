/*
 * Time that passes only when nothing is left to do at the present moment. Timers run in the order of their time,
 * and those of one time in the order in which they were set, so that a run is the same for the same seed.
 */
import type { Clock } from '@trolley/cluster';

/** Turns of the event loop in which what a timer set off goes on, before time does. Work that takes more overlaps. */
const TURNS_BETWEEN_TIMERS = 2;

/** Turns without a timer to wait for, after which whatever is awaited will never come. */
const IDLE_TURNS_MAX = 1_000;

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock, and the loop that moves it. */
export class VirtualTime implements Clock {
  #elapsedMs = 0;
  /** Ordered by time, latest first. */
  readonly #pending: Pending[] = [];

  nowMs(): number {
    return 1_700_000_000_000 + Math.floor(this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void) {
    const timer = { dueMs: this.#elapsedMs + Math.max(delayMs, 0), callback };
    this.#pending.splice(this.#placeOf(timer.dueMs), 0, timer);
    return {
      cancel: () => {
        const index = this.#pending.indexOf(timer, this.#placeOf(timer.dueMs));
        if (index !== -1) this.#pending.splice(index, 1);
      },
    };
  }

  async sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => void this.after(delayMs, resolve));
  }

  /** Lets time pass until the work is done. @throws whatever the work throws, or Error when it waits for nothing */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = work.finally(() => (state.isDone = true));
    // Told to whoever awaits the result below.
    done.catch(() => {});
    for (let idleTurns = 0; !state.isDone && idleTurns < IDLE_TURNS_MAX;) {
      for (let turn = 0; turn < TURNS_BETWEEN_TIMERS; turn += 1) await nextTurn();
      const next = this.#pending.pop();
      idleTurns = next === undefined ? idleTurns + 1 : 0;
      if (next !== undefined) this.#elapsedMs = next.dueMs;
      next?.callback();
    }
    if (!state.isDone) throw new Error(`at ${this.#elapsedMs} ms everything waits, and for nothing`);
    return done;
  }

  /** Where a timer of that time goes: before all that are due no later, which are run first. */
  #placeOf(dueMs: number): number {
    let low = 0;
    let high = this.#pending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pending[middle]?.dueMs ?? 0) > dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
