/*
 * Repairs keys in the background that a read found stale after it had answered. Keys wait a moment, so
 * that a write that is still on its way is not taken for one that was missed.
 */
import type { StoreContext } from './store-context.ts';

const DELAY_MS = 100;
const KEYS_WAITING_MAX = 10_000;
const REPAIRS_AT_ONCE = 8;

/** A bounded queue of keys to repair, each at most once in it. */
export class Repairer {
  readonly #context: StoreContext;
  readonly #repair: (key: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  #running = 0;
  #planned = false;

  constructor(context: StoreContext, repair: (key: string) => Promise<void>) {
    this.#context = context;
    this.#repair = repair;
  }

  /** Has the key repaired soon. Past the bound it is dropped: a later read finds it again. */
  enqueue(key: string): void {
    if (this.#waiting.size >= KEYS_WAITING_MAX) return;
    this.#waiting.add(key);
    this.#plan();
  }

  #plan(): void {
    if (this.#planned || this.#waiting.size === 0) return;
    this.#planned = true;
    this.#context.clock.after(DELAY_MS, () => {
      this.#planned = false;
      this.#startSome();
    });
  }

  #startSome(): void {
    for (const key of this.#waiting) {
      if (this.#running >= REPAIRS_AT_ONCE) return;
      this.#waiting.delete(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    this.#running += 1;
    try {
      await this.#repair(key);
    } catch (error) {
      this.#context.logger.warn({ key, error: String(error) }, 'a background repair failed');
    } finally {
      this.#running -= 1;
      this.#startSome();
    }
  }
}
