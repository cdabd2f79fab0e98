/*
 * One attempt at an order: holds stock for every line, and confirms the order when all of it is held. Until that one
 * change of the order's register nothing is sold, and after it all of it is, whatever becomes of this gateway.
 */
import { newRequestId, type Clock, type Random } from '@trolley/cluster';
import { productKey, productOf, userKey, userOf } from '@trolley/records';
import type { Logger } from 'pino';
import type { Background } from '../background.ts';
import type { OpenWork } from '../lists/open-work.ts';
import type { PersonLists } from '../lists/person-lists.ts';
import { mapParallel } from '../parallel.ts';
import { StoreError, type Store } from '../store.ts';
import type { OrderCompletion } from './order-completion.ts';
import { openNameOf } from './order-ids.ts';
import type { OrderRegisters } from './order-registers.ts';
import type { Order } from './order.ts';
import type { Placement } from './stock-decisions.ts';
import type { StockRegisters } from './stock-registers.ts';
import type { Turn, Turns } from './turns.ts';

/** What an attempt works with. */
export interface AttemptDependencies {
  readonly store: Store;
  readonly orders: OrderRegisters;
  readonly stocks: StockRegisters;
  readonly turns: Turns;
  readonly completion: OrderCompletion;
  readonly openWork: OpenWork;
  readonly persons: PersonLists;
  readonly background: Background;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** What to order. */
export interface Wanted {
  readonly id: string;
  readonly email: string;
  /** Whose turn at the cart it was, and is over. */
  readonly over: Turn | undefined;
  /** When this was looked at, by the monotonic clock. */
  readonly askedMs: number;
  readonly lines: readonly (readonly [product: string, quantity: number])[];
}

/** What became of an attempt. */
export type AttemptOutcome =
  | { readonly type: 'confirmed'; readonly order: Order }
  /** There is an order by that id; nothing was attempted. */
  | { readonly type: 'there'; readonly order: Order }
  /** Somebody else was faster, or this took too long; nothing is taken. */
  | { readonly type: 'missed' }
  /** The order may come to be, or not; time will tell. */
  | { readonly type: 'unknown'; readonly reason: string };

/** What became of a line's hold: overdrawn when there is less of the product by now than is taken; an error when that is not known. */
type Placed = Placement | StoreError | { readonly type: 'overdrawn' } | { readonly type: 'nothing' };

/** Makes attempts. */
export class Attempts {
  readonly #dependencies: AttemptDependencies;

  constructor(dependencies: AttemptDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws StoreError when nothing was taken; ListFullError when the person has too many orders */
  async make(wanted: Wanted, requestId: string): Promise<AttemptOutcome> {
    const { id, email, lines, askedMs } = wanted;
    const { orders, clock, random } = this.#dependencies;
    const attempt = newRequestId(random);
    const atMs = clock.nowMs();
    if (!(await this.#announce(wanted, { order: id, attempt, atMs }, requestId))) {
      this.#strike(id, attempt, requestId);
      return { type: 'missed' };
    }
    const orderLines = lines.map(([product, quantity]) => ({ product, quantity, lot: null }));
    const order: Order = { email, lines: orderLines, state: 'pending', attempt, atMs, settled: false };
    const [begun, isSame] = await Promise.all([
      this.#orLeave(email, attempt, requestId, () => unlessUnknown(orders.begin(id, order, requestId, askedMs))),
      orStoreError(this.#isCartAsSeen(wanted, requestId)),
    ]);
    if (begun instanceof StoreError) return { type: 'unknown', reason: begun.message };
    if (begun.type !== 'begun') {
      this.#leave(email, attempt, requestId);
      if (begun.type === 'barred') return { type: 'missed' };
      this.#strike(id, attempt, requestId);
      return begun;
    }
    if (isSame !== true) return this.#giveUp(id, order, nothingPlaced(order, isSame), requestId);
    const placed = await this.#checkAll(await this.#placeAll(id, order, requestId), requestId);
    const lots = lotsOf(placed);
    return lots === undefined
      ? this.#giveUp(id, order, placed, requestId)
      : this.#confirm(id, order, { placed, lots }, requestId);
  }

  /**
   * What leads to the order comes before the order: whatever is cut short from here on is found by that. At the same time
   * the turn is taken; whether it could be.
   */
  async #announce({ email, over }: Wanted, turn: Turn, requestId: string): Promise<boolean> {
    const { openWork, persons, turns } = this.#dependencies;
    const { order, attempt } = turn;
    const taking = turns.take(email, turn, over, requestId);
    const listing = Promise.all([
      taking,
      openWork.note(openNameOf(order, attempt), requestId),
      persons.add(email, 'order', [order], requestId),
    ]);
    const [isTaken] = await this.#orLeave(email, attempt, requestId, () => changingNothing(listing), taking);
    return isTaken;
  }

  /** Looks once more, now that it is this attempt's turn: who had it before may have taken from the cart since. */
  async #isCartAsSeen({ email, lines }: Wanted, requestId: string): Promise<boolean> {
    const { record } = await this.#dependencies.store.read(userKey(email), { strict: true, requestId });
    const cart = userOf(record)?.cart;
    return cart?.size === lines.length && lines.every(([product, quantity]) => cart.get(product) === quantity);
  }

  async #placeAll(id: string, order: Order, requestId: string): Promise<ReadonlyMap<string, Placed>> {
    const placed = await mapParallel(order.lines, async ({ product, quantity }) => {
      const placement = await orStoreError(this.#place(id, order, product, quantity, requestId));
      return [product, placement] as const;
    });
    return new Map(placed);
  }

  async #place(id: string, { attempt, atMs }: Order, product: string, wanted: number, requestId: string) {
    const { store, stocks } = this.#dependencies;
    const { record } = await store.read(productKey(product), { strict: true, requestId });
    const hold = { attempt, order: id, quantity: wanted, atMs };
    return stocks.place(product, hold, productOf(record)?.quantity ?? 0, requestId);
  }

  /**
   * Asks again how much there is, once all is held: a hold may have waited long since that was read, and the quantity been
   * lowered. Whoever lowers it from now on sees the hold. Of several holds too many the last ones see it, for each is
   * checked by what was taken when it was placed.
   */
  async #checkAll(placed: ReadonlyMap<string, Placed>, requestId: string): Promise<ReadonlyMap<string, Placed>> {
    if (lotsOf(placed) === undefined) return placed;
    const checked = await mapParallel([...placed], async ([product, placement]) => {
      return [product, await orStoreError(this.#check(product, placement, requestId))] as const;
    });
    return new Map(checked);
  }

  async #check(product: string, placement: Placed, requestId: string): Promise<Placed> {
    if (placement instanceof StoreError || placement.type !== 'held') return placement;
    const { record } = await this.#dependencies.store.read(productKey(product), { strict: true, requestId });
    return (productOf(record)?.quantity ?? 0) < placement.taken ? { type: 'overdrawn' } : placement;
  }

  async #confirm(
    id: string,
    order: Order,
    { placed, lots }: { readonly placed: ReadonlyMap<string, Placed>; readonly lots: ReadonlyMap<string, string> },
    requestId: string,
  ): Promise<AttemptOutcome> {
    const { orders } = this.#dependencies;
    const fate = await orStoreError(orders.confirm(id, order.attempt, lots, requestId));
    if (fate instanceof StoreError) {
      // Nothing was changed: so it can still be aborted.
      if (fate.code === 'OUTCOME_UNKNOWN') return { type: 'unknown', reason: fate.message };
      return this.#giveUp(id, order, placed, requestId);
    }
    if (fate !== 'sold') return this.#giveUp(id, order, placed, requestId);
    const confirmed: Order = {
      ...order,
      lines: order.lines.map((line) => ({ ...line, lot: lots.get(line.product) ?? null })),
      state: 'confirmed',
    };
    await this.#finish(id, confirmed, requestId);
    return { type: 'confirmed', order: confirmed };
  }

  /** The order stands, so it is answered as such even if this is left to whoever sweeps. */
  async #finish(id: string, order: Order, requestId: string): Promise<void> {
    const { completion, background, logger } = this.#dependencies;
    const failure = await orStoreError(completion.finish(id, order, requestId));
    if (failure instanceof StoreError) {
      logger.warn({ requestId, order: id, err: failure }, 'an order could not be finished yet; it will be');
      return;
    }
    background.run(`settled ${id}`, async () => {
      await completion.settle(id, order, requestId);
      this.#strike(id, order.attempt, requestId);
    });
  }

  /** Aborts the attempt and lets go of what it holds; what cannot be let go now is left to whoever sweeps. */
  async #giveUp(
    id: string,
    order: Order,
    placed: ReadonlyMap<string, Placed>,
    requestId: string,
  ): Promise<AttemptOutcome> {
    const { orders, completion, logger } = this.#dependencies;
    const fate = await orStoreError(orders.abort(id, order.attempt, requestId));
    if (fate instanceof StoreError) return { type: 'unknown', reason: fate.message };
    // To free what a confirmed order holds would be to sell it twice.
    if (fate === 'sold') return { type: 'unknown', reason: 'the order may stand after all' };
    const freeingOf = (product: string) => freeingAfter(placed.get(product));
    const failure = await orStoreError(completion.undo(id, order, requestId, freeingOf));
    if (failure instanceof StoreError) {
      logger.warn({ requestId, order: id, err: failure }, 'an attempt could not be undone yet; it will be');
    } else {
      this.#strike(id, order.attempt, requestId);
    }
    const error = [...placed.values()].find((one) => one instanceof StoreError);
    if (error !== undefined) throw new StoreError('QUORUM_NOT_MET', `${error.message}; nothing was ordered`);
    return { type: 'missed' };
  }

  /** Leaves the turn when the attempt fails here: whoever comes next need not wait until it is old. */
  async #orLeave<T>(
    email: string,
    attempt: string,
    requestId: string,
    work: () => Promise<T>,
    taking?: Promise<unknown>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#leave(email, attempt, requestId, taking);
      throw error;
    }
  }

  /** @param taking is waited for: a turn cannot be left before it is taken */
  #leave(email: string, attempt: string, requestId: string, taking?: Promise<unknown>): void {
    const { turns, background } = this.#dependencies;
    background.run(`leave the cart in ${attempt}`, async () => {
      await Promise.allSettled([taking]);
      await turns.leave(email, attempt, requestId);
    });
  }

  #strike(id: string, attempt: string, requestId: string): void {
    const { openWork, background } = this.#dependencies;
    const name = openNameOf(id, attempt);
    background.run(`strike ${name}`, () => openWork.strike(name, requestId));
  }
}

/** An attempt that holds nothing, because of that error if there is one. */
function nothingPlaced({ lines }: Order, because: StoreError | boolean): ReadonlyMap<string, Placed> {
  const nothing = because instanceof StoreError ? because : ({ type: 'nothing' } as const);
  return new Map(lines.map(({ product }) => [product, nothing]));
}

/** The lots by product, when all of the lines are held. */
function lotsOf(placed: ReadonlyMap<string, Placed>): ReadonlyMap<string, string> | undefined {
  const lots = new Map<string, string>();
  for (const [product, placement] of placed) {
    if (placement instanceof StoreError || placement.type !== 'held') return undefined;
    lots.set(product, placement.lot);
  }
  return lots;
}

function freeingAfter(placed: Placed | undefined) {
  if (placed === undefined || placed instanceof StoreError) return 'unknown';
  return placed.type === 'held' || placed.type === 'overdrawn' ? 'held' : 'nothing';
}

async function orStoreError<T>(result: Promise<T>): Promise<T | StoreError> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

/** Whether an entry of a list was written may be unknown; that nothing was ordered is not. */
async function changingNothing<T>(listing: Promise<T>): Promise<T> {
  const outcome = await unlessUnknown(listing);
  if (outcome instanceof StoreError) throw new StoreError('QUORUM_NOT_MET', `nothing was ordered: ${outcome.message}`);
  return outcome;
}

async function unlessUnknown<T>(result: Promise<T>): Promise<T | StoreError> {
  const outcome = await orStoreError(result);
  if (outcome instanceof StoreError && outcome.code !== 'OUTCOME_UNKNOWN') throw outcome;
  return outcome;
}
