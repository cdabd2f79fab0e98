/*
 * Spreads work over time: so many records a second, however many ask. Keeps no queue of its own; whoever takes waits.
 */
import type { Clock } from '@trolley/cluster';

/** A shared allowance of records a second. */
export class Throttle {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #freeAtMs = 0;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** Resolves when so many records may be sent or fetched. */
  async take(records: number): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (records / this.#perSecond) * 1_000;
    if (startMs > nowMs) await pause(this.#clock, startMs - nowMs);
  }
}

/** Resolves after the delay. */
export async function pause(clock: Clock, delayMs: number): Promise<void> {
  await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
}
