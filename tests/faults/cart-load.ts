/*
 * A steady load through the gateways of a cluster: each client adds to a cart of its own and to a set that all
 * share, and reads its cart back. Every promise is recorded here, outside the cluster, and judged at once; what
 * should not have been answered is kept as a fault.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { get, mustPost, post, type Answer } from '../support/client.ts';
import { isObject, property } from '../support/json.ts';
import { pick } from '../support/seeded-random.ts';
import { Ledger, type Shown } from './ledger.ts';

const LINE = 'apple';
const SHARED_EMAIL = 'everyone@example.com';
/** Products of each client for the shared set; then it begins again. */
const SHARED_LINES = 25;
/** One who was turned away does not ask again at once. */
const TURNED_AWAY_PAUSE_MS = 10;
const FAULTS_MAX = 20;

/** What a load works with. */
export interface CartLoadOptions {
  /** The gateways to call, looked up for each call. */
  readonly gatewayUrls: () => readonly string[];
  readonly clients: number;
  readonly random: () => number;
}

/** What became of an addition. */
type Outcome = { readonly type: 'made'; readonly body: unknown } | { readonly type: 'perhaps' | 'not made' };

interface Client {
  readonly email: string;
  readonly ledger: Ledger;
  /** A client that is strict is never served by fewer than a quorum; the others may be. */
  readonly isStrict: boolean;
  readonly sharedNames: readonly string[];
  nextShared: number;
}

/** The clients of one test. */
export class CartLoad {
  /** Set while so few nodes are up that requests may be turned away. */
  mayRefuse = false;
  /** Set while a gateway is killed, so that connections may break. */
  mayBreak = false;
  readonly #options: CartLoadOptions;
  readonly #clients: readonly Client[];
  readonly #shared = new Set<string>();
  readonly #faults: string[] = [];
  #acknowledged = 0;
  #reads = 0;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: CartLoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.clients }, (_, client) => ({
      email: `client-${client}@example.com`,
      ledger: new Ledger(),
      isStrict: client % 2 === 0,
      sharedNames: Array.from({ length: SHARED_LINES }, (__, line) => `product ${line} of client ${client}`),
      nextShared: 0,
    }));
  }

  /** What went wrong so far; a test expects none. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Additions that a quorum acknowledged, and reads that a quorum answered. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  get reads(): number {
    return this.#reads;
  }

  /** Makes users and products, on all replicas, and begins. */
  async start(): Promise<void> {
    const names = [LINE, ...this.#clients.flatMap(({ sharedNames }) => sharedNames)];
    const emails = [SHARED_EMAIL, ...this.#clients.map(({ email }) => email)];
    for (const name of names) await mustPost(this.#gateway(), '/product?w=all&strict=true', { name, quantity: 1 });
    for (const email of emails) await mustPost(this.#gateway(), '/createuser?w=all&strict=true', { email });
    this.#running = Promise.all(this.#clients.map(async (client) => this.#run(client)));
  }

  /** Resolves once no request is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Reads everything back through every gateway; nothing may be under way. @throws Error when a promise is broken */
  async check(): Promise<void> {
    for (const url of this.#options.gatewayUrls()) {
      for (const { email, ledger } of this.#clients) ledger.judge(shownIn(await readCart(url, email)));
      const shared = property(await readCart(url, SHARED_EMAIL), 'cart');
      const missing = [...this.#shared].filter((name) => !isObject(shared) || shared[name] === undefined);
      if (missing.length > 0) throw new Error(`the shared cart lacks ${missing.join(', ')}`);
    }
  }

  async #run(client: Client): Promise<void> {
    const acts = [
      async () => this.#addOwn(client),
      async () => this.#addOwn(client),
      async () => this.#addShared(client),
      async () => this.#read(client),
    ];
    while (!this.#stopped && this.#faults.length < FAULTS_MAX) {
      try {
        await pick(this.#options.random, acts)();
      } catch (error) {
        this.#faults.push(`${client.email}: ${String(error)}`);
      }
    }
  }

  async #addOwn({ email, ledger, isStrict }: Client): Promise<void> {
    const outcome = await this.#add(email, LINE, isStrict);
    if (outcome.type === 'made') {
      this.#acknowledged += 1;
      ledger.add(shownIn(outcome.body));
    }
    if (outcome.type === 'perhaps') ledger.addPerhaps();
  }

  async #addShared(client: Client): Promise<void> {
    const name = client.sharedNames[client.nextShared % SHARED_LINES] ?? LINE;
    client.nextShared += 1;
    const outcome = await this.#add(SHARED_EMAIL, name, client.isStrict);
    if (outcome.type !== 'made') return;
    this.#acknowledged += 1;
    this.#shared.add(name);
  }

  async #read({ email, ledger }: Client): Promise<void> {
    const answer = await this.#call(async (url) => get(url, `/user?email=${email}&strict=true`));
    if (answer?.status !== 200) return;
    this.#reads += 1;
    ledger.judge(shownIn(answer.body));
  }

  /** Adds one; what a quorum does not stand behind was made perhaps. */
  async #add(email: string, name: string, isStrict: boolean): Promise<Outcome> {
    const path = `/addtocart?strict=${isStrict}`;
    const answer = await this.#call(async (url) => post(url, path, { email, products: { [name]: 1 } }));
    if (answer === undefined) return { type: 'perhaps' };
    if (answer.status === 200) {
      const isDegraded = /degraded/.test(answer.headers.get('trolley-quorum') ?? '');
      return isDegraded ? { type: 'perhaps' } : { type: 'made', body: answer.body };
    }
    return { type: property(answer.body, 'code') === 'OUTCOME_UNKNOWN' ? 'perhaps' : 'not made' };
  }

  /** Calls a gateway; undefined when the connection broke. @throws Error when the answer is not one to be had now */
  async #call(ask: (url: string) => Promise<Answer>): Promise<Answer | undefined> {
    const before = { mayRefuse: this.mayRefuse, mayBreak: this.mayBreak };
    let answer: Answer;
    try {
      answer = await ask(this.#gateway());
    } catch (error) {
      if (before.mayBreak || this.mayBreak) return undefined;
      throw error;
    }
    if (answer.status === 200) return answer;
    const mayRefuse = before.mayRefuse || this.mayRefuse;
    if (answer.status !== 503 || !mayRefuse) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    await delay(TURNED_AWAY_PAUSE_MS);
    return answer;
  }

  #gateway(): string {
    return pick(this.#options.random, this.#options.gatewayUrls());
  }
}

async function readCart(url: string, email: string): Promise<unknown> {
  const { status, body } = await get(url, `/user?email=${email}&strict=true`);
  if (status !== 200) throw new Error(`reading ${email}: ${status} ${JSON.stringify(body)}`);
  return body;
}

function shownIn(user: unknown): Shown {
  const cart = property(user, 'cart');
  const quantity = isObject(cart) ? (cart[LINE] ?? 0) : 0;
  return { quantity: Number(quantity), version: Number(property(user, 'version')) };
}
