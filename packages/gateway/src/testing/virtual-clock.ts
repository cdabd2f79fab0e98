/*
 * Time that passes only when nothing is left to do at the present moment, for code whose only waiting is for promises
 * and timers.
 */
import type { Clock } from '@trolley/cluster';

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock, and the loop that moves it. Timers of one time run in the order in which they were set. */
export class VirtualClock implements Clock {
  #elapsedMs = 0;
  readonly #pending = new Set<Pending>();

  nowMs(): number {
    return 1_700_000_000_000 + Math.floor(this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void) {
    const timer = { dueMs: this.#elapsedMs + Math.max(delayMs, 0), callback };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
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
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (state.isDone) return done;
      const next = this.#takeNext();
      if (next === undefined) throw new Error(`at ${this.#elapsedMs} ms everything waits, and for nothing`);
      this.#elapsedMs = next.dueMs;
      next.callback();
    }
  }

  #takeNext(): Pending | undefined {
    let next: Pending | undefined;
    for (const timer of this.#pending) {
      if (next === undefined || timer.dueMs < next.dueMs) next = timer;
    }
    if (next !== undefined) this.#pending.delete(next);
    return next;
  }
}
