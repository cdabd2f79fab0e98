/*
 * A shop for tests of ordering: some gateways, each of which can be made to die, on one store and one set of registers
 * in memory, in time that passes by itself. Says at the end whether the books balance.
 */
import type { Random } from '@trolley/cluster';
import { listOf, openKey, productKey, productOf, userKey, userOf } from '@trolley/records';
import { pino } from 'pino';
import { seededRandom } from '../../../../tests/support/seeded-random.ts';
import { Background } from '../background.ts';
import type { CheckoutOutcome } from '../checkout/checkout.ts';
import { createOrdering } from '../checkout/create-ordering.ts';
import { orderIn, type Order } from '../checkout/order.ts';
import { stockIn, takenOf } from '../checkout/stock.ts';
import { ListWriter } from '../lists/list-writer.ts';
import { OPEN_LISTS, OpenWork } from '../lists/open-work.ts';
import { PersonLists } from '../lists/person-lists.ts';
import { Sweeper } from '../lists/sweeper.ts';
import type { Registers } from '../registers.ts';
import type { Store } from '../store.ts';
import { mortal } from './crash.ts';
import { FakeRegisters } from './fake-registers.ts';
import { FakeStore } from './fake-store.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A crash that never comes. */
export const NEVER = Infinity;

const REQUEST = { requestId: 'test' } as const;

/** A shop and what its customers see of it. */
export class ShopWorld {
  readonly store = new FakeStore();
  readonly registers = new FakeRegisters();
  readonly clock = new VirtualClock();
  readonly random: Random;
  /** What went wrong while it went on: stock taken beyond what there is. */
  readonly violations: string[] = [];
  /** Of a hundred calls, so many take half a minute on their way there or back. */
  slowPercent = 0;
  readonly #turnsMax: number;

  /** @param turnsMax how many turns a call takes on its way, at most: others happen in between. */
  constructor({ seed = 1, turnsMax = 0 }: { readonly seed?: number; readonly turnsMax?: number } = {}) {
    this.random = seededRandom(seed);
    this.#turnsMax = turnsMax;
    this.store.nowMs = this.clock.nowMs();
  }

  /** A gateway that dies when it has made so many changes. */
  gateway(afterChanges = NEVER) {
    const { store, registers, isDead } = mortal(this.#network(), { afterChanges, random: this.random });
    const logger = pino({ level: 'silent' });
    const background = new Background(logger);
    const writer = new ListWriter(store);
    const parts = { store, registers, writer, clock: this.clock, random: this.random, logger, background };
    const openWork = new OpenWork(parts);
    const persons = new PersonLists(parts);
    const ordering = createOrdering({ ...parts, openWork, persons });
    const sweeper = new Sweeper({
      ...parts,
      openWork,
      metrics: { openWorkSwept: () => {} },
      handlers: { order: ordering.sweepOrder },
    });
    const checkOut = async (email: string, idempotencyKey?: string): Promise<CheckoutOutcome> =>
      ordering.checkout.checkOut({ email, idempotencyKey, ...REQUEST });
    return { ...ordering, sweeper, background, openWork, persons, checkOut, isDead };
  }

  async stock(product: string, quantity: number): Promise<void> {
    await this.store.change(productKey(product), { action: { type: 'add-to-product', quantity } }, REQUEST);
  }

  async customer(email: string, cart: Readonly<Record<string, number>>): Promise<void> {
    await this.store.change(userKey(email), { action: { type: 'create-user' } }, REQUEST);
    await this.addToCart(email, cart);
  }

  async addToCart(email: string, cart: Readonly<Record<string, number>>): Promise<void> {
    await this.store.change(userKey(email), { action: { type: 'add-to-cart', lines: Object.entries(cart) } }, REQUEST);
  }

  cartOf(email: string): Readonly<Record<string, number>> {
    const record = this.store.records.get(userKey(email));
    return Object.fromEntries((record && userOf(record)?.cart) ?? []);
  }

  /** Lets time pass until the work is done, whatever becomes of it. */
  async run<T>(work: Promise<T>): Promise<T> {
    return this.clock.run(work);
  }

  /** Lets so long pass that everything left open is old, and has a gateway sweep it up. */
  async sweep(): Promise<void> {
    const { sweeper, background } = this.gateway();
    for (let sweeps = 0; sweeps < 3; sweeps += 1) {
      await this.run(this.clock.sleep(11_000));
      await this.run(sweeper.sweep());
      await this.run(background.idle());
    }
  }

  orders(): readonly { readonly id: string; readonly order: Order }[] {
    return [...this.registers.cells].flatMap(([key, { value }]) => {
      const order = key.startsWith('order:') ? orderIn(value) : undefined;
      return order === undefined ? [] : [{ id: key.slice('order:'.length), order }];
    });
  }

  openEntries(): readonly string[] {
    return Array.from({ length: OPEN_LISTS }, (_, list) => this.store.records.get(openKey(list)))
      .filter((record) => record !== undefined)
      .flatMap((record) => [...listOf(record).keys()]);
  }

  /** What does not add up, once all work has come to an end; empty when everything does. */
  audit(): readonly string[] {
    const faults = [...this.violations];
    const orders = this.orders();
    for (const { id, order } of orders) {
      const isAtAnEnd = order.state === 'cancelled' || (order.state === 'confirmed' && order.settled);
      if (!isAtAnEnd) faults.push(`the order ${id} is ${order.state}`);
    }
    for (const [key, { value }] of this.registers.cells) {
      const stock = key.startsWith('stock:') ? stockIn(value) : undefined;
      const product = key.slice('stock:'.length);
      const sold = orders
        .filter(({ order }) => order.state === 'confirmed')
        .flatMap(({ order }) => order.lines.filter((line) => line.product === product))
        .reduce((sum, { quantity }) => sum + quantity, 0);
      if (key.startsWith('stock:') && (stock?.sold ?? 0) !== sold) {
        faults.push(`${stock?.sold ?? 0} of ${product} are sold, by orders ${sold}`);
      }
      if (stock !== undefined && stock.holds.length > 0) faults.push(`${product} is held: ${JSON.stringify(stock)}`);
    }
    return [...faults, ...this.openEntries().map((name) => `${name} is open`)];
  }

  #network(): { readonly store: Store; readonly registers: Registers } {
    const { store: whole, registers: allRegisters } = this;
    const onTheWay = async <T>(call: () => Promise<T>): Promise<T> => {
      await this.#pass();
      const result = await call();
      await this.#pass();
      return result;
    };
    const store: Store = {
      read: async (key, options) => onTheWay(async () => whole.read(key, options)),
      change: async (key, change, options) => onTheWay(async () => whole.change(key, change, options)),
      list: async (prefix, page, options) => onTheWay(async () => whole.list(prefix, page, options)),
      where: async (key, options) => whole.where(key, options),
    };
    const registers: Registers = {
      change: async (key, change) =>
        onTheWay(async () => {
          try {
            return await allRegisters.change(key, change);
          } finally {
            this.#watch(key);
          }
        }),
      read: async (key, options) => onTheWay(async () => allRegisters.read(key, options)),
      list: async (prefix, page) => onTheWay(async () => allRegisters.list(prefix, page)),
    };
    return { store, registers };
  }

  #watch(key: string): void {
    if (!key.startsWith('stock:')) return;
    const product = key.slice('stock:'.length);
    const record = this.store.records.get(productKey(product));
    const quantity = (record && productOf(record)?.quantity) ?? 0;
    const taken = takenOf(stockIn(this.registers.valueOf(key)));
    if (taken > quantity || taken < 0) this.violations.push(`${taken} of ${quantity} of ${product} were taken`);
  }

  async #pass(): Promise<void> {
    if (this.random() * 100 < this.slowPercent) await this.clock.sleep(this.random() * 30_000);
    for (let turns = Math.floor(this.random() * (this.#turnsMax + 1)); turns > 0; turns -= 1) await Promise.resolve();
  }
}
