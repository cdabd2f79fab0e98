/*
 * The registers of orders: reads them and makes the changes of order-decisions.ts. Change ids are the same whoever
 * makes a change, so that one which is made twice is made once.
 */
import type { Decision, Registers, RegisterValue } from '../registers.ts';
import {
  abortion,
  barring,
  beginning,
  cancellation,
  cancelling,
  confirmation,
  removal,
  settling,
  type AttemptFate,
  type Opening,
} from './order-decisions.ts';
import { orderKey } from './order-ids.ts';
import { orderIn, type Order } from './order.ts';

/** Reads and changes orders. All of it throws StoreError. */
export class OrderRegisters {
  readonly #registers: Registers;

  constructor(registers: Registers) {
    this.#registers = registers;
  }

  /**
   * The order; undefined when there is none. Not settled first: a beginning that arrives later comes to nothing, for whoever
   * sent it has given up; and asking about orders that never were must leave no trace.
   */
  async read(id: string, requestId: string): Promise<Order | undefined> {
    return orderIn((await this.#registers.read(orderKey(id), { requestId })).value);
  }

  /** Begins an attempt, unless there is an order by that id. */
  async begin(id: string, order: Order, requestId: string, askedMs?: number) {
    return this.#change(id, openingId(order.attempt), beginning(order), requestId, askedMs);
  }

  /** Has the work of that token on the order begin now or never. */
  async bar(id: string, token: string, requestId: string): Promise<void> {
    await this.#change(id, openingId(token), barring, requestId);
  }

  /** Confirms an attempt for which stock is held, unless it was aborted. */
  async confirm(
    id: string,
    attempt: string,
    lots: ReadonlyMap<string, string>,
    requestId: string,
  ): Promise<AttemptFate> {
    return this.#change(id, `confirm:${attempt}`, confirmation(attempt, lots), requestId);
  }

  /** Aborts an attempt, unless it was confirmed. */
  async abort(id: string, attempt: string, requestId: string): Promise<AttemptFate> {
    return this.#change(id, `abort:${attempt}`, abortion(attempt), requestId);
  }

  /** Removes an order whose attempt was aborted, when nothing is held for it any more. */
  async remove(id: string, attempt: string, requestId: string): Promise<void> {
    await this.#change(id, `remove:${attempt}`, removal(attempt), requestId);
  }

  /** Notes that all that follows from the confirmation is done. */
  async noteSettled(id: string, requestId: string): Promise<void> {
    await this.#change(id, 'settled', settling, requestId);
  }

  /** Begins to cancel an order that is confirmed and settled, as the work of that token. */
  async beginCancelling(id: string, token: string, requestId: string): Promise<Opening> {
    return this.#change(id, openingId(token), cancelling, requestId);
  }

  /** Notes that all of a cancelled order's stock is given back. */
  async noteCancelled(id: string, requestId: string): Promise<void> {
    await this.#change(id, 'cancelled', cancellation, requestId);
  }

  async #change<T extends RegisterValue>(
    id: string,
    changeId: string,
    decide: (value: RegisterValue) => Decision<T>,
    requestId: string,
    askedMs?: number,
  ): Promise<T> {
    return this.#registers.change(orderKey(id), { id: changeId, decide }, { requestId, askedMs });
  }
}

/** The id of the first change of some work on an order; the same whether it is begun or barred. */
function openingId(token: string): string {
  return `open:${token}`;
}
