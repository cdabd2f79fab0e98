/*
 * Finds orders and cancels them. A person's list leads to the orders and may name too much: each order's register is
 * asked.
 */
import { newRequestId, type Clock, type Random } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { Background } from '../background.ts';
import type { OpenWork } from '../lists/open-work.ts';
import { ENTRY_UNCONFIRMED_MAX_MS, type PersonEntry, type PersonLists } from '../lists/person-lists.ts';
import { mapParallel } from '../parallel.ts';
import { pause } from '../pause.ts';
import { StoreError } from '../store.ts';
import { isAtRest, type OrderCompletion } from './order-completion.ts';
import { openNameOf } from './order-ids.ts';
import type { OrderRegisters } from './order-registers.ts';
import type { Order } from './order.ts';

/** What finding and cancelling work with. */
export interface OrderServiceDependencies {
  readonly orders: OrderRegisters;
  readonly completion: OrderCompletion;
  readonly openWork: OpenWork;
  readonly persons: PersonLists;
  readonly background: Background;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** An order and its id. */
export interface NamedOrder {
  readonly id: string;
  readonly order: Order;
}

/** Entries of a list that are followed at a time, until there are orders enough. */
const ENTRIES_AT_A_TIME = 64;
/** How long an order that is being made is waited for before it is cancelled. */
const PENDING_WAIT_MAX_MS = 13_000;
const PENDING_WAIT_MS = 50;

/** Finds and cancels orders. All of it throws StoreError. */
export class OrderService {
  readonly #dependencies: OrderServiceDependencies;

  constructor(dependencies: OrderServiceDependencies) {
    this.#dependencies = dependencies;
  }

  /** The order; undefined when there is none. */
  async find(id: string, requestId: string): Promise<Order | undefined> {
    return this.#shown(id, await this.#dependencies.orders.read(id, requestId), requestId);
  }

  /** A person's latest orders, newest first. */
  async ofPerson(email: string, limit: number, requestId: string): Promise<readonly NamedOrder[]> {
    const { persons } = this.#dependencies;
    const entries = (await persons.read(email, 'order', requestId)).toSorted((a, b) => b.sinceSeconds - a.sinceSeconds);
    const found: NamedOrder[] = [];
    for (let from = 0; from < entries.length && found.length < limit; from += ENTRIES_AT_A_TIME) {
      const some = entries.slice(from, from + ENTRIES_AT_A_TIME);
      const orders = await mapParallel(some, (entry) => this.#follow(email, entry, requestId));
      found.push(...orders.filter((order) => order !== undefined));
    }
    return found.toSorted((a, b) => b.order.atMs - a.order.atMs).slice(0, limit);
  }

  /**
   * Cancels an order and gives its stock back; again, it changes nothing. The order as it is then: pending when it is
   * being made for so long that waiting for it was given up; cancelling when some of its stock is given back later;
   * undefined when there is none.
   */
  async cancel(id: string, requestId: string): Promise<Order | undefined> {
    const { orders, completion, openWork, background, random, logger } = this.#dependencies;
    const order = await this.#whenMade(id, requestId);
    if (order?.state !== 'confirmed') return order;
    const token = newRequestId(random);
    const name = openNameOf(id, token);
    await openWork.note(name, requestId);
    const opening = await orders.beginCancelling(id, token, requestId);
    if (opening.type === 'barred') throw new StoreError('QUORUM_NOT_MET', 'it took too long; nothing was cancelled');
    try {
      const cancelled = await completion.bringToEnd(id, requestId);
      background.run(`strike ${name}`, () => openWork.strike(name, requestId));
      return cancelled;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      logger.warn({ requestId, order: id, err: error }, 'an order could not be cancelled to its end yet; it will be');
      return { ...order, state: 'cancelling' };
    }
  }

  async #whenMade(id: string, requestId: string): Promise<Order | undefined> {
    const { completion, clock } = this.#dependencies;
    const untilMs = clock.monotonicMs() + PENDING_WAIT_MAX_MS;
    for (;;) {
      const order = await completion.bringToEnd(id, requestId);
      if (order?.state !== 'pending' || clock.monotonicMs() >= untilMs) return order;
      await pause(clock, PENDING_WAIT_MS);
    }
  }

  async #follow(email: string, entry: PersonEntry, requestId: string): Promise<NamedOrder | undefined> {
    const { orders, background, clock } = this.#dependencies;
    const order = await this.#shown(entry.id, await orders.read(entry.id, requestId), requestId);
    if (order !== undefined) return { id: entry.id, order };
    if (clock.nowMs() - entry.sinceSeconds * 1_000 > ENTRY_UNCONFIRMED_MAX_MS) {
      background.run(`list order:${entry.id}`, () => this.#forget(email, entry, requestId));
    }
    return undefined;
  }

  /** An attempt that was left behind is undone before anybody is shown it. */
  async #shown(id: string, order: Order | undefined, requestId: string): Promise<Order | undefined> {
    const { completion, clock } = this.#dependencies;
    const isLeftBehind = order?.state === 'pending' && !isAtRest(order, clock.nowMs());
    if (!isLeftBehind && order?.state !== 'aborted') return order;
    return completion.bringToEnd(id, requestId);
  }

  async #forget(email: string, entry: PersonEntry, requestId: string): Promise<void> {
    const { orders, persons } = this.#dependencies;
    if ((await orders.read(entry.id, requestId)) !== undefined) return;
    await persons.remove(email, 'order', [entry], requestId);
  }
}
