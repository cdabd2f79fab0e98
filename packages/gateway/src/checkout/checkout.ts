/*
 * Turns carts into orders: all of a cart or none of it, once for each Idempotency-Key, never more than there is. The
 * attempts (attempt.ts) make the order; here it is decided whether there is something to attempt, and what to tell.
 * Before anything is refused, the order is looked for again: a request that was sent twice gets one answer.
 */
import type { Clock, Random } from '@trolley/cluster';
import { encodeContext, productKey, productOf, userKey, userOf, type CausalRecord } from '@trolley/records';
import { mapParallel } from '../parallel.ts';
import { pause } from '../pause.ts';
import type { Store } from '../store.ts';
import type { Attempts, Wanted } from './attempt.ts';
import { isAtRest, type OrderCompletion } from './order-completion.ts';
import { orderIdByCart, orderIdByKey } from './order-ids.ts';
import type { OrderRegisters } from './order-registers.ts';
import type { Order } from './order.ts';
import { prospectOf, type Prospect } from './stock-decisions.ts';
import type { StockRegisters } from './stock-registers.ts';
import type { Turns } from './turns.ts';

/** What a checkout works with. */
export interface CheckoutDependencies {
  readonly store: Store;
  readonly orders: OrderRegisters;
  readonly stocks: StockRegisters;
  readonly turns: Turns;
  readonly completion: OrderCompletion;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly random: Random;
}

/** Who wants to check out. */
export interface CheckoutRequest {
  readonly email: string;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
}

/** A line of which there is too little. */
export interface ShortLine {
  readonly product: string;
  readonly wanted: number;
  readonly available: number;
}

/** What a checkout comes to. */
export type CheckoutOutcome =
  /** The order stands, made now or by the same request before. */
  | { readonly type: 'ordered'; readonly id: string; readonly order: Order }
  | { readonly type: 'no-user' }
  | { readonly type: 'cart-empty' }
  | { readonly type: 'short'; readonly lines: readonly ShortLine[] }
  /** Others were in the way each time; nothing is taken. */
  | { readonly type: 'busy' }
  | { readonly type: 'unknown'; readonly id: string; readonly reason: string };

/** That an outcome may be had later, and what to answer when there is no more time. */
interface Again {
  readonly type: 'again';
  /** The order that this is about: of a request without a key it must not depend on what becomes of the cart now. */
  readonly id: string;
  readonly otherwise: CheckoutOutcome;
}

type Step = CheckoutOutcome | Again;

/** How long others are waited for: long enough to see what a dead gateway began undone. */
const CHECKOUT_MAX_MS = 13_000;
/** The pause before another try: doubled each time, and varied so that those who wait part ways. */
const PAUSE_MIN_MS = 15;
const PAUSE_MAX_MS = 400;

/** Checks out carts. */
export class Checkout {
  readonly #dependencies: CheckoutDependencies;

  constructor(dependencies: CheckoutDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws StoreError when nothing was taken; ListFullError when the person has too many orders */
  async checkOut(request: CheckoutRequest): Promise<CheckoutOutcome> {
    const { clock, random } = this.#dependencies;
    const { email, idempotencyKey } = request;
    const untilMs = clock.monotonicMs() + CHECKOUT_MAX_MS;
    let id = idempotencyKey === undefined ? undefined : orderIdByKey(idempotencyKey, email);
    for (let pauseMs = PAUSE_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
      const step = await this.#try(request, id);
      if (step.type !== 'again') return step;
      id = step.id;
      if (clock.monotonicMs() >= untilMs) return step.otherwise;
      await pause(clock, pauseMs * (0.5 + random()));
    }
  }

  async #try({ email, requestId }: CheckoutRequest, knownId: string | undefined): Promise<Step> {
    const { orders, turns, clock } = this.#dependencies;
    const askedMs = clock.monotonicMs();
    const [cart, over, order] = await Promise.all([
      this.#readCart(email, requestId),
      turns.read(email, requestId),
      knownId === undefined ? undefined : orders.read(knownId, requestId),
    ]);
    const id = knownId ?? idOf(cart, email);
    const known = knownId === undefined ? await orders.read(id, requestId) : order;
    if (known !== undefined) return this.#found(id, known, requestId);
    if (over === undefined) return this.#orderCart(cart, { id, email, over, askedMs }, requestId);
    // What an earlier order has yet to take out of the cart must not be ordered again.
    const isOver = await turns.isOver(over, this.#dependencies, requestId);
    if (!isOver) return { type: 'again', id, otherwise: { type: 'busy' } };
    // It may have been the same request, which was sent twice.
    const [twin, cartNow] = await Promise.all([orders.read(id, requestId), this.#readCart(email, requestId)]);
    if (twin !== undefined) return this.#found(id, twin, requestId);
    return this.#orderCart(cartNow, { id: knownId ?? idOf(cartNow, email), email, over, askedMs }, requestId);
  }

  async #orderCart(cart: CausalRecord, wanted: Omit<Wanted, 'lines'>, requestId: string): Promise<Step> {
    const user = userOf(cart);
    if (user === undefined) return this.#unlessFound(wanted.id, { type: 'no-user' }, requestId);
    if (user.cart.size === 0) return this.#unlessFound(wanted.id, { type: 'cart-empty' }, requestId);
    return this.#order({ ...wanted, lines: [...user.cart] }, requestId);
  }

  async #readCart(email: string, requestId: string): Promise<CausalRecord> {
    return (await this.#dependencies.store.read(userKey(email), { strict: true, requestId })).record;
  }

  /** Attempts nothing that has no prospect: whoever comes too late for the last unit costs the cluster a few reads. */
  async #order(wanted: Wanted, requestId: string): Promise<Step> {
    const prospects = await mapParallel(wanted.lines, async ([product, quantity]) => ({
      product,
      wanted: quantity,
      prospect: await this.#prospectOf(product, quantity, requestId),
    }));
    const short = prospects.flatMap(({ prospect, ...line }) =>
      prospect.type === 'room' ? [] : [{ ...line, available: prospect.available }],
    );
    const refusal = { type: 'short', lines: short } as const;
    if (prospects.some(({ prospect }) => prospect.type === 'sold-out')) {
      return this.#unlessFound(wanted.id, refusal, requestId);
    }
    if (short.length > 0) return { type: 'again', id: wanted.id, otherwise: refusal };
    return this.#attempt(wanted, requestId);
  }

  async #prospectOf(product: string, wanted: number, requestId: string): Promise<Prospect> {
    const { store, stocks, completion } = this.#dependencies;
    const [{ record }, stock] = await Promise.all([
      store.read(productKey(product), { strict: true, requestId }),
      stocks.read(product, requestId),
    ]);
    const prospect = prospectOf(stock, productOf(record)?.quantity ?? 0, wanted);
    if (prospect.type === 'held') await completion.clearOldHolds(product, stock, requestId);
    return prospect;
  }

  async #attempt(wanted: Wanted, requestId: string): Promise<Step> {
    const outcome = await this.#dependencies.attempts.make(wanted, requestId);
    switch (outcome.type) {
      case 'confirmed':
        return { type: 'ordered', id: wanted.id, order: outcome.order };
      case 'there':
        return this.#found(wanted.id, outcome.order, requestId);
      case 'missed':
        return { type: 'again', id: wanted.id, otherwise: { type: 'busy' } };
      case 'unknown':
        return { type: 'unknown', id: wanted.id, reason: outcome.reason };
      default:
        return outcome satisfies never;
    }
  }

  /** The order, if the same request has made one meanwhile, or is about to; else what is given. */
  async #unlessFound(id: string, otherwise: CheckoutOutcome, requestId: string): Promise<Step> {
    const order = await this.#dependencies.orders.read(id, requestId);
    return order === undefined ? otherwise : this.#found(id, order, requestId);
  }

  async #found(id: string, order: Order, requestId: string): Promise<Step> {
    const { completion, clock } = this.#dependencies;
    const { state } = order;
    switch (state) {
      case 'pending':
      case 'aborted':
        // One that is left behind makes room for another attempt; else whoever is at it will be done soon.
        if (!isAtRest(order, clock.nowMs())) await completion.bringToEnd(id, requestId);
        return { type: 'again', id, otherwise: { type: 'unknown', id, reason: 'the order is still being made' } };
      case 'confirmed':
      case 'cancelling':
      case 'cancelled':
        return { type: 'ordered', id, order };
      default:
        return state satisfies never;
    }
  }
}

function idOf(cart: CausalRecord, email: string): string {
  return orderIdByCart(encodeContext(cart.context), email);
}
