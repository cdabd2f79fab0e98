/*
 * Fills a store with the shop of the workload, and counts what it acknowledged and what its carts hold.
 */
import { emails, firstCart } from '../workload.ts';
import type { Cart, CartStore } from './cart-store.ts';

/** What a handler has counted since its store was filled. */
export interface TallyReport {
  readonly acknowledged: number;
  readonly refused: number;
  /** Units in the carts of all users. */
  readonly units: number;
}

const AT_ONCE = 50;

/** Sets the first cart of every user. */
export async function fillStore(store: CartStore): Promise<void> {
  await inPieces(emails, async (email, index) => store.put(email, firstCart(index)));
}

/** Counts additions. */
export class Tally {
  #acknowledged = 0;
  #refused = 0;

  /** Counts one addition when its store has decided. */
  async count(addition: Cart | Promise<Cart>): Promise<Cart> {
    try {
      const cart = await addition;
      this.#acknowledged += 1;
      return cart;
    } catch (error) {
      this.#refused += 1;
      throw error;
    }
  }

  /** What was counted, and what the carts hold now. */
  async of(store: CartStore): Promise<TallyReport> {
    let units = 0;
    await inPieces(emails, async (email) => {
      const cart = (await store.read(email)) ?? {};
      for (const quantity of Object.values(cart)) units += quantity;
    });
    return { acknowledged: this.#acknowledged, refused: this.#refused, units };
  }
}

async function inPieces<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE) {
    await Promise.all(items.slice(from, from + AT_ONCE).map((item, index) => work(item, from + index)));
  }
}
