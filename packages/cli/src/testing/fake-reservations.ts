/*
 * A gateway for tests of claims: items and reservations in memory, as a fetch function, with faults to put in.
 */
import { Hono, type Context } from 'hono';

interface FakeHolder {
  readonly reservation: string;
  email: string;
  pending?: true;
}

/** What the gateway does wrong. Each is the chance that a request meets it. */
interface FakeFaults {
  /** Reserves an item that is held. */
  double: number;
  /** Says that it reserved, and forgets. */
  lose: number;
  /** Says that it cancelled, and does not. */
  keep: number;
  /** Exchanges an item without giving up the old one. */
  leave: number;
  /** Makes a reservation that is missing on the person's list. */
  unlist: number;
  /** Leaves an item undecided for ever. */
  hang: number;
  /** Shows an item free that is held. */
  stale: number;
  /** Answers 500, as a gateway with a bug does. */
  bug: number;
  /** Does not let an item be removed that nobody holds. */
  cling: number;
  /** Answers 503, and has done it or not. Not wrong, only a nuisance. */
  outage: number;
}

export interface FakeReservations {
  readonly fetch: typeof fetch;
  readonly items: Map<string, FakeHolder | null>;
  readonly faults: FakeFaults;
  /** URLs of gateways that do not answer. */
  readonly dead: Set<string>;
  /** URLs of gateways that were asked. */
  readonly asked: Set<string>;
  onRequest: () => void;
}

/** A gateway without items. @param random decides which requests meet a fault */
export function createFakeReservations(random: () => number): FakeReservations {
  const app = new Hono();
  const fake: FakeReservations = {
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      fake.onRequest();
      fake.asked.add(url.origin);
      if (fake.dead.has(url.origin)) throw new TypeError('fetch failed');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (fake.faults.bug > 0 && random() < fake.faults.bug)
        return Response.json({ code: 'INTERNAL' }, { status: 500 });
      const isOut = random() < fake.faults.outage;
      if (isOut && random() < 0.5) return unknownOutcome();
      const response = await app.request(url, init);
      return isOut ? unknownOutcome() : response;
    },
    items: new Map(),
    faults: { double: 0, lose: 0, keep: 0, leave: 0, unlist: 0, hang: 0, stale: 0, bug: 0, cling: 0, outage: 0 },
    dead: new Set(),
    asked: new Set(),
    onRequest: () => undefined,
  };
  const desk = new FakeDesk(fake, random);
  app.get('/cluster', (context) => context.json({ nodes: [], gateways: gatewaysOf(3) }));
  app.post('/items', (context) => desk.make(context));
  app.get('/items/:id', (context) => desk.look(context));
  app.delete('/items/:id', (context) => desk.remove(context));
  app.post('/reservations', (context) => desk.reserve(context));
  app.get('/reservations', (context) => desk.list(context));
  app.patch('/reservations/:id', (context) => desk.change(context));
  app.delete('/reservations/:id', (context) => desk.cancel(context));
  return fake;
}

function gatewaysOf(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: `gateway-${index}`,
    host: `gateway-${index}`,
    port: 5000,
  }));
}

function unknownOutcome(): Response {
  return Response.json({ code: 'OUTCOME_UNKNOWN' }, { status: 503 });
}

class FakeDesk {
  readonly #fake: FakeReservations;
  readonly #random: () => number;
  readonly #unlisted = new Set<string>();
  readonly #answers = new Map<string, Response>();
  #made = 0;

  constructor(fake: FakeReservations, random: () => number) {
    this.#fake = fake;
    this.#random = random;
  }

  async make(context: Context): Promise<Response> {
    const { id } = await context.req.json<{ id: string }>();
    if (!this.#fake.items.has(id)) this.#fake.items.set(id, null);
    return context.json({ id, holder: null }, 201);
  }

  look(context: Context): Response {
    const id = context.req.param('id') ?? '';
    const holder = this.#fake.items.get(id);
    if (holder === undefined) return context.json({ code: 'ITEM_NOT_FOUND' }, 404);
    return context.json({ id, holder: this.#meets('stale') ? null : holder });
  }

  remove(context: Context): Response {
    const id = context.req.param('id') ?? '';
    if (this.#fake.items.get(id) || this.#meets('cling')) return context.json({ code: 'ITEM_HELD' }, 409);
    this.#fake.items.delete(id);
    return context.body(null, 204);
  }

  async reserve(context: Context): Promise<Response> {
    const key = context.req.header('idempotency-key');
    const before = key === undefined ? undefined : this.#answers.get(key);
    if (before !== undefined) return before.clone();
    const { email, items } = await context.req.json<{ email: string; items: string[] }>();
    const free = items.filter((item) => this.#fake.items.get(item) === null || this.#meets('double'));
    const refused = items.filter((item) => !free.includes(item)).map((item) => ({ item, reason: 'TAKEN' }));
    if (free.length === 0) return context.json({ code: 'NOTHING_RESERVED', refused }, 409);
    const reserved = free.map((item) => ({ id: this.#hold(item, email), item, email }));
    const answer = context.json({ reserved, refused }, 201);
    if (key !== undefined) this.#answers.set(key, answer.clone());
    return answer;
  }

  list(context: Context): Response {
    const email = context.req.query('email');
    const list = [...this.#fake.items].flatMap(([item, holder]) =>
      holder === null || holder.email !== email || this.#unlisted.has(holder.reservation)
        ? []
        : [{ id: holder.reservation, item, email, pending: holder.pending }],
    );
    return context.json(list);
  }

  async change(context: Context): Promise<Response> {
    const id = context.req.param('id') ?? '';
    const found = this.#find(id);
    if (found === undefined) return context.json({ code: 'RESERVATION_NOT_FOUND' }, 404);
    const [item, holder] = found;
    const { item: target = item, email = holder.email } = await context.req.json<{ item?: string; email?: string }>();
    if (target === item) {
      holder.email = email;
      return context.json({ id, item, email });
    }
    if (this.#fake.items.get(target) !== null) return context.json({ code: 'TAKEN' }, 409);
    if (!this.#meets('leave')) this.#fake.items.set(item, null);
    return context.json({ id: this.#hold(target, email), item: target, email, replaces: id });
  }

  cancel(context: Context): Response {
    const found = this.#find(context.req.param('id') ?? '');
    if (found === undefined) return context.json({ code: 'RESERVATION_NOT_FOUND' }, 404);
    if (!this.#meets('keep')) this.#fake.items.set(found[0], null);
    return context.body(null, 204);
  }

  #hold(item: string, email: string): string {
    this.#made += 1;
    const reservation = `${item}~${String(this.#made).padStart(16, '0')}`;
    if (this.#meets('unlist')) this.#unlisted.add(reservation);
    const pending = this.#meets('hang') ? { pending: true as const } : {};
    if (!this.#meets('lose')) this.#fake.items.set(item, { reservation, email, ...pending });
    return reservation;
  }

  #find(id: string): readonly [item: string, holder: FakeHolder] | undefined {
    const item = id.split('~')[0] ?? '';
    const holder = this.#fake.items.get(item);
    return holder?.reservation === id ? [item, holder] : undefined;
  }

  #meets(fault: keyof FakeFaults): boolean {
    const chance = this.#fake.faults[fault];
    return chance > 0 && this.#random() < chance;
  }
}
