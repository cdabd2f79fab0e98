/*
 * Items and reservations in memory, behind the calls that a gateway has for them.
 */
import type { Context, Hono } from 'hono';

interface FakeItem {
  readonly kind: string;
  readonly details: Record<string, unknown>;
  holder: { reservation: string; email: string; since: string; expires: string | null; pending?: true } | null;
}

/** Most items on a page: few, so that tests turn pages. */
const PAGE = 100;

/** What tests look at, and how they make the gateway misbehave. */
export class FakeItems {
  readonly items = new Map<string, FakeItem>();
  /** Answers by idempotency key. */
  readonly #answers = new Map<string, { status: 201 | 409; body: unknown }>();
  /** Items of which the gateway cannot say whether they were reserved. */
  readonly undecided = new Set<string>();
  /** Called before each claim of an item. */
  onClaim: (item: string) => void = () => undefined;
  #reservations = 0;

  serve(app: Hono): void {
    app.get('/items', (context) => this.#list(context));
    app.post('/items', (context) => this.#once(context, () => this.#add(context)));
    app.get('/items/:id', (context) => {
      const found = this.items.get(context.req.param('id'));
      return found === undefined ? notFound(context) : context.json(shown(context.req.param('id'), found));
    });
    app.delete('/items/:id', (context) => {
      const found = this.items.get(context.req.param('id'));
      if (found === undefined) return notFound(context);
      if (found.holder !== null) return context.json({ code: 'ITEM_HELD', detail: 'Somebody has it.' }, 409);
      this.items.delete(context.req.param('id'));
      return context.body(null, 204);
    });
    app.post('/reservations', (context) => this.#once(context, () => this.#reserve(context)));
    app.get('/reservations', (context) => {
      const { email, item } = context.req.query();
      const fits = (id: string, each: FakeItem): boolean =>
        each.holder !== null && (email === undefined || each.holder.email === email) && (item ?? id) === id;
      const found = [...this.items].filter(([id, each]) => fits(id, each));
      return context.json(found.map(([id, each]) => reservation(id, each)));
    });
    app.get('/reservations/:id', (context) => {
      const found = this.#held(context.req.param('id'));
      return found === undefined ? notFound(context) : context.json(reservation(...found));
    });
    app.patch('/reservations/:id', (context) => this.#change(context, context.req.param('id')));
    app.delete('/reservations/:id', (context) => {
      const found = this.#held(context.req.param('id'));
      if (found === undefined) return notFound(context);
      found[1].holder = null;
      return context.body(null, 204);
    });
  }

  /** As if the person had reserved the item at another desk. */
  take(id: string, email: string): string {
    const item = this.items.get(id);
    if (item === undefined) throw new Error(`there is no item ${id}`);
    this.#reservations += 1;
    const made = `${id}~${String(this.#reservations).padStart(16, '0')}`;
    item.holder = { reservation: made, email, since: '2026-05-04T10:20:30.000Z', expires: null };
    return made;
  }

  #list(context: Context): Response {
    const { kind, q = '', available, cursor = '' } = context.req.query();
    const words = q.toLowerCase().split(/\s+/);
    const fits = ([id, item]: [string, FakeItem]): boolean => {
      const text = `${id} ${Object.values(item.details).join(' ')}`.toLowerCase();
      const isFree = item.holder === null;
      return (
        (kind ?? item.kind) === item.kind &&
        words.every((word) => text.includes(word)) &&
        (available === undefined || isFree === (available === 'true'))
      );
    };
    const after = [...this.items].toSorted(([a], [b]) => (a < b ? -1 : 1)).filter(([id]) => id > cursor);
    const page = after.slice(0, PAGE);
    const last = page.at(-1)?.[0];
    if (last !== undefined && after.length > PAGE) {
      const next = new URLSearchParams({ ...context.req.query(), cursor: last });
      context.header('link', `</items?${next.toString()}>; rel="next"`);
    }
    return context.json(page.filter(fits).map(([id, item]) => shown(id, item)));
  }

  async #add(context: Context): Promise<{ status: 201 | 409; body: unknown }> {
    const { id = `made-up-${this.items.size}`, kind, ...details } = await context.req.json<Record<string, string>>();
    if (this.items.has(id)) return { status: 409, body: { code: 'ITEM_EXISTS', detail: 'There is one already.' } };
    const item: FakeItem = { kind: kind ?? '', details, holder: null };
    this.items.set(id, item);
    return { status: 201, body: shown(id, item) };
  }

  async #reserve(context: Context): Promise<{ status: 201 | 409; body: unknown }> {
    const {
      email,
      items,
      atomic = false,
      holdSeconds,
    } = await context.req.json<{
      email: string;
      items: string[];
      atomic?: boolean;
      holdSeconds?: number;
    }>();
    for (const id of items) this.onClaim(id);
    const refused = items.flatMap((id) => {
      const item = this.items.get(id);
      if (item === undefined) return [{ item: id, reason: 'NOT_FOUND' }];
      return item.holder === null ? [] : [{ item: id, reason: 'TAKEN' }];
    });
    const free = items.filter((id) => !refused.some(({ item }) => item === id));
    if (atomic && refused.length > 0) return { status: 409, body: { code: 'NOT_ALL_FREE', refused } };
    if (free.length === 0) return { status: 409, body: { code: 'NOTHING_RESERVED', refused } };
    const made = free.map((id) => ({ item: id, reservation: this.take(id, email) }));
    for (const { item } of made) {
      const holder = this.items.get(item)?.holder;
      if (holder && holdSeconds !== undefined) holder.expires = '2026-05-04T11:00:00.000Z';
    }
    const unknown = made.filter(({ item }) => this.undecided.has(item));
    const reserved = made.filter(({ item }) => !this.undecided.has(item));
    return {
      status: 201,
      body: {
        reserved: reserved.map(({ item }) => reservation(item, this.items.get(item))),
        refused: [...refused, ...unknown.map((each) => ({ ...each, reason: 'UNKNOWN' }))],
      },
    };
  }

  async #change(context: Context, id: string): Promise<Response> {
    const found = this.#held(id);
    if (found === undefined) return notFound(context);
    const { item, email, confirm } = await context.req.json<{ item?: string; email?: string; confirm?: true }>();
    const [, old] = found;
    if (confirm === true && old.holder !== null) old.holder.expires = null;
    const whose = email ?? old.holder?.email ?? '';
    if (item === undefined) {
      if (old.holder !== null) old.holder.email = whose;
      return context.json(reservation(...found));
    }
    const other = this.items.get(item);
    if (other === undefined) return notFound(context);
    if (other.holder !== null) return context.json({ code: 'TAKEN', detail: 'Somebody else has it.' }, 409);
    this.take(item, whose);
    old.holder = null;
    return context.json({ ...reservation(item, other), replaces: id });
  }

  #held(id: string): [string, FakeItem] | undefined {
    return [...this.items].find(([, item]) => item.holder?.reservation === id);
  }

  async #once(context: Context, work: () => Promise<{ status: 201 | 409; body: unknown }>): Promise<Response> {
    const key = context.req.header('idempotency-key') ?? '';
    const answer = this.#answers.get(key) ?? (await work());
    if (key !== '') this.#answers.set(key, answer);
    return Response.json(answer.body, { status: answer.status });
  }
}

function shown(id: string, { kind, details, holder }: FakeItem): Record<string, unknown> {
  return { id, kind, ...details, holder, version: 1 };
}

function reservation(item: string, held: FakeItem | undefined): Record<string, unknown> {
  const { reservation: id, ...rest } = held?.holder ?? { reservation: '' };
  return { id, item, ...rest };
}

function notFound(context: Context): Response {
  return context.json({ code: 'NOT_FOUND', detail: 'There is no such thing.' }, 404);
}
