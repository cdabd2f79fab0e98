/*
 * Makes the requests of a stress test and writes down what was asked, what was answered and when. An answer that does
 * not settle a request is followed up until it does, or is written down as unknown; never as refused.
 */
import type { Clock } from '@trolley/cluster';
import type { GatewayReply } from '../gateway-client.ts';
import { readItem, readReservation, readReserved } from './answers.ts';
import { isOutage, isOutageOrBusy, type GatewayPool } from './gateway-pool.ts';
import type { Cancel, Change, Held, Look, Operation, Reserve } from './history.ts';

const CREATED = 201;

/** A request for reservations. */
export interface ReserveWish {
  readonly email: string;
  readonly items: readonly string[];
  readonly atomic?: boolean;
  /** The idempotency key; without one the request is sent once only. */
  readonly key?: string;
}

/** The requests, and all that was ever asked. */
export class StressClient {
  readonly history: Operation[] = [];
  readonly #pool: GatewayPool;
  readonly #clock: Clock;

  constructor(pool: GatewayPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** Asks for reservations. */
  async reserve({ email, items, atomic, key }: ReserveWish): Promise<Reserve> {
    const startMs = this.#clock.monotonicMs();
    const request = {
      method: 'POST',
      path: '/reservations',
      body: { email, items, ...(atomic === undefined ? {} : { atomic }) },
    } as const;
    const reply =
      key === undefined
        ? await this.#pool.sendOnce(request)
        : (await this.#pool.send({ ...request, headers: { 'idempotency-key': key } })).reply;
    const outcome = await this.#settled(reply, items);
    return this.#note({ kind: 'reserve', email, items, keyed: key !== undefined, ...outcome, ...this.#since(startMs) });
  }

  /** Gives a reservation up. */
  async cancel(reservation: string): Promise<Cancel> {
    const startMs = this.#clock.monotonicMs();
    const request = { method: 'DELETE', path: pathOf(reservation) } as const;
    const { reply, repeated } = await this.#pool.send(request, isOutageOrBusy);
    const outcome = cancelOutcome(reply, repeated);
    return this.#note({ kind: 'cancel', reservation, outcome, ...this.#since(startMs) });
  }

  /** Exchanges the item of a reservation for another. Sent once: a second answer would not tell of the first. */
  async changeItem(reservation: string, item: string): Promise<Change> {
    const startMs = this.#clock.monotonicMs();
    const reply = await this.#pool.sendOnce({ method: 'PATCH', path: pathOf(reservation), body: { item } });
    const outcome = changeOutcome(reply);
    return this.#note({ kind: 'change', reservation, item, outcome, ...this.#since(startMs) });
  }

  /** Passes a reservation on. */
  async changePerson(reservation: string, email: string): Promise<Change> {
    const startMs = this.#clock.monotonicMs();
    const request = { method: 'PATCH', path: pathOf(reservation), body: { email } } as const;
    const { reply } = await this.#pool.send(request, isOutageOrBusy);
    const outcome = changeOutcome(reply);
    return this.#note({ kind: 'change', reservation, email, outcome, ...this.#since(startMs) });
  }

  /** Looks at an item. */
  async look(item: string): Promise<Look> {
    const startMs = this.#clock.monotonicMs();
    const reply = await this.#pool.sendOnce({ method: 'GET', path: `/items/${encodeURIComponent(item)}` });
    return this.#note({ kind: 'look', item, outcome: lookOutcome(reply), ...this.#since(startMs) });
  }

  async #settled(
    reply: GatewayReply | undefined,
    items: readonly string[],
  ): Promise<{ readonly reserved: readonly Held[]; readonly uncertain: readonly string[] }> {
    if (reply === undefined || isOutage(reply)) return { reserved: [], uncertain: items };
    if (reply.status !== CREATED) return { reserved: [], uncertain: [] };
    const answer = readReserved(reply.body);
    if (answer === undefined) return { reserved: [], uncertain: items };
    const reserved: Held[] = answer.reserved.map(({ id, item, email }) => ({ id, item, email }));
    const uncertain: string[] = [];
    for (const { item, reason, reservation } of answer.refused) {
      if (reason !== 'UNKNOWN') continue;
      const found = reservation === undefined ? undefined : await this.#find(reservation);
      if (found === undefined) uncertain.push(item);
      else if (found !== 'none') reserved.push(found);
    }
    return { reserved, uncertain };
  }

  /** Asks what became of a reservation; undefined when that cannot be had. */
  async #find(reservation: string): Promise<Held | 'none' | undefined> {
    const { reply } = await this.#pool.send({ method: 'GET', path: pathOf(reservation) });
    if (reply === undefined || isOutage(reply)) return undefined;
    if (reply.status === 404) return 'none';
    const found = readReservation(reply.body);
    return found === undefined ? undefined : { id: found.id, item: found.item, email: found.email };
  }

  #since(startMs: number): { readonly startMs: number; readonly endMs: number } {
    return { startMs, endMs: this.#clock.monotonicMs() };
  }

  #note<T extends Operation>(operation: T): T {
    this.history.push(operation);
    return operation;
  }
}

function pathOf(reservation: string): string {
  return `/reservations/${encodeURIComponent(reservation)}`;
}

/** Gone after a repetition: whether it was the first attempt or somebody else, it was asked for, and it is done. */
function cancelOutcome(reply: GatewayReply | undefined, repeated: boolean): Cancel['outcome'] {
  if (reply === undefined || isOutage(reply)) return 'unknown';
  if (reply.status === 404) return repeated ? 'done' : 'missing';
  return reply.status === 204 ? 'done' : 'refused';
}

function changeOutcome(reply: GatewayReply | undefined): Change['outcome'] {
  if (reply === undefined || isOutage(reply)) return { kind: 'unknown' };
  if (reply.status === 404) return { kind: 'missing' };
  if (reply.status !== 200) return { kind: 'refused' };
  const now = readReservation(reply.body);
  if (now === undefined) return { kind: 'unknown' };
  return { kind: 'changed', now: { id: now.id, item: now.item, email: now.email } };
}

function lookOutcome(reply: GatewayReply | undefined): Look['outcome'] {
  const state = reply?.status === 200 ? readItem(reply.body) : undefined;
  if (state?.kind === 'free') return { kind: 'seen', reservation: null };
  if (state?.kind !== 'held') return { kind: 'unknown' };
  return state.pending ? { kind: 'pending' } : { kind: 'seen', reservation: state.holder.id };
}
