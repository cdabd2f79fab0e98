/*
 * Brings orders to their end, whoever began what: finishes what was confirmed, undoes what was aborted, completes what
 * was being cancelled. Every step can be made again, also by several at the same time, so that whoever comes by after
 * a gateway's death does what it left undone.
 */
import type { Clock } from '@trolley/cluster';
import { userKey, type Change } from '@trolley/records';
import { OPEN_FOR_LONG_MS, type OldWork } from '../lists/sweeper.ts';
import { mapParallel } from '../parallel.ts';
import { StoreError, type Store } from '../store.ts';
import { fateOf } from './order-decisions.ts';
import { parseOpenId } from './order-ids.ts';
import type { OrderRegisters } from './order-registers.ts';
import type { Order } from './order.ts';
import type { StockRegisters } from './stock-registers.ts';
import type { Stock } from './stock.ts';
import type { Turns } from './turns.ts';

/** How long a cart remembers that an order was taken out of it; only a change within half of that is safe to repeat. */
const CART_REMEMBERS_MS = 86_400_000;
const CART_TAKEN_WITHIN_MS = CART_REMEMBERS_MS / 2;
/** Looks at one order in a row, each after somebody else changed it. */
const LOOKS_MAX = 10;

/** What it works with. */
export interface OrderCompletionDependencies {
  readonly store: Store;
  readonly orders: OrderRegisters;
  readonly stocks: StockRegisters;
  readonly turns: Turns;
  readonly clock: Clock;
}

/** How to let go of what an attempt may hold of a product: nothing to do, a hold that is there, or one that may come yet. */
export type Freeing = 'nothing' | 'held' | 'unknown';

/** Brings orders to their end. All of it throws StoreError; what is left then is done the next time. */
export class OrderCompletion {
  readonly #dependencies: OrderCompletionDependencies;

  constructor(dependencies: OrderCompletionDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Does for an order whatever there is left to do, and tells what it is then: pending only while it is young, since a
   * gateway is at it; undefined when it came to nothing.
   */
  async bringToEnd(id: string, requestId: string): Promise<Order | undefined> {
    const { orders, clock } = this.#dependencies;
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const seenAtMs = clock.nowMs();
      const order = await orders.read(id, requestId);
      if (order === undefined || isAtRest(order, seenAtMs)) return order;
      await this.#advance(id, order, seenAtMs, requestId);
    }
    throw new StoreError('QUORUM_NOT_MET', `the order ${id} keeps changing`);
  }

  /**
   * Does all that follows from a confirmation: sells what is held, and then takes out of the cart what was ordered. Not at
   * once: while a sale fails this is done again and again, and a cart remembers only so many changes that it was taken.
   */
  async finish(id: string, order: Order, requestId: string): Promise<void> {
    const { stocks } = this.#dependencies;
    await mapParallel(order.lines, ({ product }) => stocks.sell(product, order.attempt, requestId));
    await this.#takeFromCart(id, order, requestId);
  }

  /** Notes that an order is finished, and leaves the cart to the next checkout. */
  async settle(id: string, { email, attempt }: Order, requestId: string): Promise<void> {
    const { orders, turns } = this.#dependencies;
    await Promise.all([orders.noteSettled(id, requestId), turns.leave(email, attempt, requestId)]);
  }

  /** Lets go of all that is held for an aborted attempt, removes its order, and leaves the cart to the next checkout. */
  async undo(
    id: string,
    { email, lines, attempt }: Order,
    requestId: string,
    freeingOf: (product: string) => Freeing = () => 'unknown',
  ): Promise<void> {
    const { stocks, orders, turns } = this.#dependencies;
    const toFree = lines.filter(({ product }) => freeingOf(product) !== 'nothing');
    await mapParallel(toFree, ({ product }) =>
      stocks.free(product, attempt, freeingOf(product) === 'unknown', requestId),
    );
    await Promise.all([orders.remove(id, attempt, requestId), turns.leave(email, attempt, requestId)]);
  }

  /** Brings the orders to their end whose holds have been there for long, and clears holds that no order stands behind. */
  async clearOldHolds(product: string, stock: Stock | undefined, requestId: string): Promise<void> {
    const { stocks, clock } = this.#dependencies;
    const old = stock?.holds.filter(({ atMs }) => clock.nowMs() - atMs >= OPEN_FOR_LONG_MS) ?? [];
    await mapParallel(old, async ({ order: id, attempt }) => {
      const order = await this.bringToEnd(id, requestId);
      // Sold: then it is no hold any more.
      if (fateOf(order, attempt) === 'gone') await stocks.free(product, attempt, true, requestId);
    });
  }

  /** Takes up what a gateway left open. */
  readonly sweep = async ({ id, requestId }: OldWork): Promise<'finished' | 'open'> => {
    const { order: orderId, token } = parseOpenId(id);
    // Who noted this may not have begun yet, and must not do so after the note is struck off.
    await this.#dependencies.orders.bar(orderId, token, requestId);
    const order = await this.bringToEnd(orderId, requestId);
    return order?.state === 'pending' ? 'open' : 'finished';
  };

  async #advance(id: string, order: Order, seenAtMs: number, requestId: string): Promise<void> {
    const { orders } = this.#dependencies;
    const { state } = order;
    switch (state) {
      case 'pending':
        await orders.abort(id, order.attempt, requestId);
        return;
      case 'aborted':
        await this.undo(id, order, requestId);
        return;
      case 'confirmed':
        await this.finish(id, order, requestId);
        await this.settle(id, order, requestId);
        return;
      case 'cancelling':
        await this.#completeCancelling(id, order, seenAtMs, requestId);
        return;
      case 'cancelled':
        return;
      default:
        return state satisfies never;
    }
  }

  async #completeCancelling(id: string, { lines }: Order, seenAtMs: number, requestId: string): Promise<void> {
    const { stocks, orders } = this.#dependencies;
    await mapParallel(lines, ({ product, quantity, lot }) =>
      stocks.giveBack(product, { order: id, quantity, lot, seenAtMs }, requestId),
    );
    await orders.noteCancelled(id, requestId);
  }

  /** Refused when the user is gone: then so is the cart. */
  async #takeFromCart(id: string, { email, lines, attempt, atMs }: Order, requestId: string): Promise<void> {
    const { store, clock } = this.#dependencies;
    // The cart may have forgotten by now that this was taken; leaving it is better than taking twice.
    if (clock.nowMs() - atMs > CART_TAKEN_WITHIN_MS) return;
    const change: Change = {
      action: { type: 'take-from-cart', lines: lines.map(({ product, quantity }) => [product, quantity]) },
      once: { id: `order-${id}`, fingerprint: attempt, expiresAtMs: atMs + CART_REMEMBERS_MS },
    };
    await store.change(userKey(email), change, { strict: true, requestId });
  }
}

/** Whether there is nothing to do for an order now. */
export function isAtRest({ state, settled, atMs }: Order, nowMs: number): boolean {
  switch (state) {
    case 'pending':
      return nowMs - atMs < OPEN_FOR_LONG_MS;
    case 'confirmed':
      return settled;
    case 'cancelled':
      return true;
    case 'aborted':
    case 'cancelling':
      return false;
    default:
      return state satisfies never;
  }
}
