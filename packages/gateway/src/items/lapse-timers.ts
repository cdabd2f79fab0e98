/*
 * Ends holds when their time is up: the gateway that made a hold comes back to it then. Only a help: whoever sees a
 * hold whose time is up ends it as well, so what finds no room here, or goes with a gateway, ends all the same.
 */
import type { Clock, Timer } from '@trolley/cluster';
import type { Background } from '../background.ts';
import type { ItemRegisters } from './item-registers.ts';
import type { Holder } from './item.ts';

/** What is to be known of a hold to end it. */
export type Expiry = Pick<Holder, 'reservation' | 'expiresAtMs'>;

/** Holds that are waited for. */
const TIMERS_MAX = 100_000;
/** After this long another try is made when there was no room or no majority; and how many of the latter there are. */
const RETRY_AFTER_MS = 5_000;
const TRIES_MAX = 12;

/** Comes back to holds when their time is up. */
export class LapseTimers {
  readonly #clock: Clock;
  readonly #background: Background;
  readonly #items: ItemRegisters;
  readonly #timers = new Map<string, Timer>();

  constructor({ clock, background, items }: { clock: Clock; background: Background; items: ItemRegisters }) {
    this.#clock = clock;
    this.#background = background;
    this.#items = items;
  }

  /** Comes back to this hold when its time is up, if it has one. */
  watch(holder: Expiry): void {
    if (holder.expiresAtMs !== null) this.#watch(holder, holder.expiresAtMs - this.#clock.nowMs(), TRIES_MAX);
  }

  /** Forgets all. */
  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #watch(holder: Expiry, inMs: number, triesLeft: number): void {
    const { reservation } = holder;
    this.#timers.get(reservation)?.cancel();
    this.#timers.delete(reservation);
    if (this.#timers.size >= TIMERS_MAX) return;
    const timer = this.#clock.after(inMs, () => {
      this.#timers.delete(reservation);
      const hasBegun = this.#background.run(`lapse ${reservation}`, () => this.#lapse(holder, triesLeft));
      if (!hasBegun) this.#watch(holder, RETRY_AFTER_MS, triesLeft);
    });
    this.#timers.set(reservation, timer);
  }

  async #lapse(holder: Expiry, triesLeft: number): Promise<void> {
    try {
      await this.#items.lapse(holder, `lapse-${holder.reservation}`.slice(0, 200));
    } catch (error) {
      if (triesLeft > 1) this.#watch(holder, RETRY_AFTER_MS, triesLeft - 1);
      throw error;
    }
  }
}
