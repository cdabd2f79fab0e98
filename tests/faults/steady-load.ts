/*
 * A steady load of clients on several gateways, which remembers outside of the cluster what was acknowledged,
 * and says of each answer whether it keeps the promises. Each cart has one writer, and its one line only ever
 * grows: so a quantity tells how old an answer is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { get, post, type Answer } from '../support/client.ts';
import { isObject, property } from '../support/json.ts';

/** Between two requests of one client: far from what the cluster can take, so that latencies tell of its work. */
const PAUSE_MS = 20;
const PRODUCT = 'value';

/** What to load. */
export interface SteadyLoadOptions {
  readonly urls: () => readonly string[];
  readonly writers: number;
  readonly readers: number;
  /** Users for each writer. */
  readonly usersEach: number;
  /** Users that are deleted before the load begins, and must stay so. */
  readonly deletedUsers: number;
  /** What the cluster is doing, as a label for latencies. */
  readonly phase: () => string;
  readonly random: () => number;
}

interface Cart {
  readonly email: string;
  attempted: number;
  acknowledged: number;
}

/** The load and its memory. */
export class SteadyLoad {
  /** Promises that were broken, in words. */
  readonly violations: string[] = [];
  /** Requests that were refused or not answered: nothing is promised about them. */
  readonly refusals: string[] = [];
  readonly #options: SteadyLoadOptions;
  readonly #carts: readonly (readonly Cart[])[];
  readonly #deleted: readonly string[];
  readonly #latenciesMs = new Map<string, number[]>();
  #acknowledgements = 0;
  #running = false;
  #isTimed = true;
  #workers: readonly Promise<void>[] = [];

  constructor(options: SteadyLoadOptions) {
    this.#options = options;
    const { writers, usersEach, deletedUsers } = options;
    this.#carts = Array.from({ length: writers }, (_, writer) =>
      Array.from({ length: usersEach }, (__, user) => ({
        email: `user-${writer}-${user}@example.com`,
        attempted: 0,
        acknowledged: 0,
      })),
    );
    this.#deleted = Array.from({ length: deletedUsers }, (_, user) => `deleted-${user}@example.com`);
  }

  /** Writes that were acknowledged. */
  get acknowledgements(): number {
    return this.#acknowledgements;
  }

  /** Every user's e-mail, those of deleted ones too. */
  get emails(): readonly string[] {
    return [...this.#carts.flat().map(({ email }) => email), ...this.#deleted];
  }

  /** Makes the users, and deletes those that shall be. @throws Error when the cluster refuses */
  async prepare(): Promise<void> {
    const url = this.#url();
    expectOk(await post(url, '/product?w=all', { name: PRODUCT, quantity: 1_000_000 }));
    await inTurn(this.emails, 16, async (email) => expectOk(await post(url, '/createuser?w=all', { email })));
    await inTurn(this.#deleted, 16, async (email) =>
      expectOk(await answer(`${url}/user?email=${encodeURIComponent(email)}&w=all`, 'DELETE')),
    );
  }

  start(): void {
    const { readers } = this.#options;
    this.#running = true;
    this.#workers = [
      ...this.#carts.map(async (carts) => this.#repeat(async () => this.#write(carts))),
      ...Array.from({ length: readers }, async () => this.#repeat(async () => this.#read())),
    ];
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#workers);
  }

  /** Reads every user once more, in quiet, from every gateway. Its latencies do not count. */
  async verify(): Promise<void> {
    this.#isTimed = false;
    for (const url of this.#options.urls()) {
      await inTurn(this.#carts.flat(), 16, async (cart) => this.#check(url, cart));
      await inTurn(this.#deleted, 16, async (email) => this.#checkDeleted(url, email));
    }
  }

  /** A line for each phase, with its percentiles. */
  latencyReport(): readonly string[] {
    return [...this.#latenciesMs].map(([phase, latencies]) => {
      const sorted = latencies.toSorted((a, b) => a - b);
      const percentile = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1);
      return `${phase}: ${sorted.length} requests, p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`;
    });
  }

  async #repeat(act: () => Promise<void>): Promise<void> {
    while (this.#running) {
      try {
        await act();
      } catch (error) {
        this.refusals.push(String(error));
      }
      await delay(PAUSE_MS * (0.5 + this.#options.random()));
    }
  }

  async #write(carts: readonly Cart[]): Promise<void> {
    const cart = this.#pick(carts);
    const value = cart.attempted + 1;
    cart.attempted = value;
    const body = { email: cart.email, cart: { [PRODUCT]: value } };
    const { status, body: said } = await this.#timed(async () => post(this.#url(), '/user?strict=true', body));
    if (status === 200) {
      cart.acknowledged = value;
      this.#acknowledgements += 1;
    } else if (status === 404) this.violations.push(`${cart.email} was not found by a write`);
    else this.refusals.push(`a write was answered ${status}: ${JSON.stringify(said)}`);
  }

  async #read(): Promise<void> {
    if (this.#deleted.length > 0 && this.#options.random() < 0.2) {
      return this.#checkDeleted(this.#url(), this.#pick(this.#deleted));
    }
    return this.#check(this.#url(), this.#pick(this.#carts.flat()));
  }

  /** What was acknowledged before the read began must be in its answer. */
  async #check(url: string, cart: Cart): Promise<void> {
    const { acknowledged } = cart;
    const { status, body } = await this.#timed(async () =>
      get(url, `/user?email=${encodeURIComponent(cart.email)}&strict=true`),
    );
    if (status !== 200 && status !== 404) {
      this.refusals.push(`a read was answered ${status}: ${JSON.stringify(body)}`);
      return;
    }
    const held = status === 404 ? -1 : quantityIn(property(body, 'cart'));
    if (held < acknowledged || held > cart.attempted) {
      this.violations.push(
        `${cart.email} was read as ${held} from ${url}; ${acknowledged} was acknowledged before, ${cart.attempted} tried`,
      );
    }
  }

  async #checkDeleted(url: string, email: string): Promise<void> {
    const { status } = await this.#timed(async () => get(url, `/user?email=${encodeURIComponent(email)}&strict=true`));
    if (status === 200) this.violations.push(`${email} was deleted and is there again`);
  }

  async #timed(act: () => Promise<Answer>): Promise<Answer> {
    const phase = this.#options.phase();
    const startMs = performance.now();
    const result = await act();
    if (!this.#isTimed) return result;
    const latencies = this.#latenciesMs.get(phase) ?? [];
    this.#latenciesMs.set(phase, latencies);
    latencies.push(performance.now() - startMs);
    return result;
  }

  #url(): string {
    return this.#pick(this.#options.urls());
  }

  #pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.#options.random() * list.length)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }
}

function quantityIn(cart: unknown): number {
  return isObject(cart) ? Number(cart[PRODUCT] ?? 0) : -1;
}

async function answer(url: string, method: string): Promise<Answer> {
  const response = await fetch(url, { method });
  return { status: response.status, body: await response.text(), headers: response.headers };
}

function expectOk({ status, body }: Answer): void {
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
}

/** Does something with each item, several at a time. */
export async function inTurn<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
