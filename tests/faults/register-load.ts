/*
 * Writers and readers that keep one node busy until it dies, and the histories that they leave. Half of the
 * keys are changed by the node itself (carts), half are merged from a peer (products): both must last.
 */
import { NodeCallError, type NodeClient } from '@trolley/cluster';
import { emptyRecord, encodeRecord, productKey, userKey, write, type CausalRecord } from '@trolley/records';
import type { NodeCalls } from '../support/node-calls.ts';
import { RegisterHistory } from './register-history.ts';

const CARTS = 48;
const STOCKS = 48;
const READERS = 4;
const REQUEST_ID = 'kill-node';

const cartKeys = Array.from({ length: CARTS }, (_, index) => userKey(`user-${index}@example.com`));
const stockKeys = Array.from({ length: STOCKS }, (_, index) => productKey(`product ${index}`));

/** The load on one node, over all its lives. */
export class RegisterLoad {
  readonly carts = new RegisterHistory('line:value');
  readonly stocks = new RegisterHistory('quantity');
  readonly #peerRecords = new Map<string, CausalRecord>();
  #nextValue = 1;
  #countdown: { left: number; readonly reached: () => void } | undefined;

  /** Makes the users, whose carts are written from then on. */
  async begin(calls: NodeCalls): Promise<void> {
    const change = { action: { type: 'create-user' } } as const;
    await Promise.all(cartKeys.map(async (key, index) => calls.change(index, key, change, REQUEST_ID)));
  }

  /** Writes and reads without a pause; resolves when the node no longer answers anyone. @throws what it answers wrongly */
  async runUntilItDies(calls: NodeCalls): Promise<void> {
    const carts = cartKeys.map(async (_, index) => untilNoAnswer(() => this.#writeCart(calls, index)));
    const stocks = stockKeys.map(async (key, index) => untilNoAnswer(() => this.#writeStock(calls.client(index), key)));
    const readers = Array.from({ length: READERS }, async (_, index) =>
      untilNoAnswer(() => this.#readSome(calls.client(index))),
    );
    await Promise.all([...carts, ...stocks, ...readers]);
  }

  /** Calls back at the very moment at which the so-many-th write from now on is acknowledged. */
  countDown(writes: number, reached: () => void): void {
    this.#countdown = { left: writes, reached };
  }

  /** Compares what the node holds with what it promised; nothing may be under way. @throws Error */
  async settle(calls: NodeCalls): Promise<void> {
    const settleAll = async (history: RegisterHistory, keys: readonly string[]) =>
      Promise.all(
        keys.map(async (key, index) => {
          const { record, incomplete } = await calls.client(index).read(key, 'record', REQUEST_ID);
          if (incomplete) throw new Error(`the node says that it lacks part of ${key}`);
          history.settle(key, record);
        }),
      );
    await Promise.all([settleAll(this.carts, cartKeys), settleAll(this.stocks, stockKeys)]);
  }

  async #writeCart(calls: NodeCalls, index: number): Promise<void> {
    const key = cartKeys[index] ?? '';
    const value = this.#freshValue();
    this.carts.attempted(key, value);
    const change = { action: { type: 'replace-cart', lines: [['value', value] as [string, number]] } } as const;
    const outcome = await calls.change(index, key, change, REQUEST_ID);
    if (outcome.type !== 'applied') throw new Error(`a change of ${key} was ${outcome.type}`);
    this.carts.acknowledged(key, value);
    this.#count();
    this.carts.saw(key, outcome.record);
  }

  async #writeStock(client: NodeClient, key: string): Promise<void> {
    const value = this.#freshValue();
    const record = write(this.#peerRecords.get(key) ?? emptyRecord, 'peer.1', [['quantity', value]]);
    this.#peerRecords.set(key, record);
    this.stocks.attempted(key, value);
    if (!(await client.merge(key, encodeRecord(record), REQUEST_ID))) throw new Error(`${key} learned nothing`);
    this.stocks.acknowledged(key, value);
    this.#count();
  }

  async #readSome(client: NodeClient): Promise<void> {
    const { entries } = await client.scan('user:', undefined, CARTS, REQUEST_ID);
    for (const [key, record] of entries) this.carts.saw(key, record);
  }

  #count(): void {
    if (this.#countdown === undefined) return;
    this.#countdown.left -= 1;
    if (this.#countdown.left === 0) this.#countdown.reached();
  }

  #freshValue(): number {
    const value = this.#nextValue;
    this.#nextValue += 1;
    return value;
  }
}

/** Does it again and again, until the node does not answer. */
async function untilNoAnswer(act: () => Promise<void>): Promise<void> {
  try {
    for (;;) await act();
  } catch (error) {
    const isDead = error instanceof NodeCallError && ['UNREACHABLE', 'CONNECTION_LOST'].includes(error.code);
    if (!isDead) throw error;
  }
}
