/*
 * The registers of stock, product by product: reads them and makes the changes of stock-decisions.ts. Change ids are
 * the same whoever makes a change, so that one which is made twice is made once.
 */
import { newRequestId, type Clock, type Random } from '@trolley/cluster';
import type { Decision, Registers, RegisterValue } from '../registers.ts';
import { StoreError } from '../store.ts';
import { stockKey } from './order-ids.ts';
import {
  clearing,
  freeing,
  givingBack,
  placing,
  selling,
  type Placement,
  type ReturnedLine,
} from './stock-decisions.ts';
import { stockIn, type Stock, type StockHold } from './stock.ts';

/** What the registers of stock work with. */
export interface StockRegistersDependencies {
  readonly registers: Registers;
  readonly clock: Clock;
  readonly random: Random;
}

/** Reads and changes stock. All of it throws StoreError. */
export class StockRegisters {
  readonly #registers: Registers;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ registers, clock, random }: StockRegistersDependencies) {
    this.#registers = registers;
    this.#clock = clock;
    this.#random = random;
  }

  /** The stock; undefined when nothing is sold or held. */
  async read(product: string, requestId: string): Promise<Stock | undefined> {
    return stockIn((await this.#registers.read(stockKey(product), { requestId })).value);
  }

  /** Holds some for an attempt, as far as the product's quantity, just read, allows. */
  async place(product: string, hold: StockHold, quantity: number, requestId: string): Promise<Placement> {
    const decide = (nowMs: number) => placing(hold, quantity, nowMs);
    return this.#change(product, `hold:${hold.attempt}`, decide, requestId);
  }

  /** Turns an attempt's hold into a sale; nothing when that is done already. */
  async sell(product: string, attempt: string, requestId: string): Promise<void> {
    await this.#change(product, `sell:${attempt}`, (nowMs) => selling(attempt, nowMs), requestId);
  }

  /** Lets go of an aborted attempt's hold. With `bar` none of it is placed later either. */
  async free(product: string, attempt: string, bar: boolean, requestId: string): Promise<void> {
    await this.#change(product, `free:${attempt}`, (nowMs) => freeing(attempt, bar, nowMs), requestId);
  }

  /** Gives back what an order took, once. @throws StoreError QUORUM_NOT_MET also when it has to be tried again later */
  async giveBack(product: string, line: ReturnedLine, requestId: string): Promise<void> {
    const outcome = await this.#change(product, `return:${line.order}`, (nowMs) => givingBack(line, nowMs), requestId);
    if (outcome === 'done') return;
    const reason = outcome === 'late' ? 'it took too long' : 'too many orders of it were cancelled just now';
    throw new StoreError('QUORUM_NOT_MET', `the stock of ${product} is given back later: ${reason}`);
  }

  /** Forgets the stock that was seen; false when it is another by now, which is left. */
  async clear(product: string, seen: Stock, requestId: string): Promise<boolean> {
    return this.#change(product, newRequestId(this.#random), () => clearing(seen), requestId);
  }

  async #change<T extends RegisterValue>(
    product: string,
    id: string,
    decideAt: (nowMs: number) => (value: RegisterValue) => Decision<T>,
    requestId: string,
  ): Promise<T> {
    // The time is asked for with each decision: a gateway that was paused in between must not decide by an old one.
    const change = { id, decide: (value: RegisterValue) => decideAt(this.#clock.nowMs())(value) };
    return this.#registers.change(stockKey(product), change, { requestId });
  }
}
