/*
 * The calls about items and reservations. Each is repeated while the gateway cannot serve it, where that does no harm;
 * what a repeated call finds done is taken for its own doing.
 */
import { z } from 'zod';
import { CommandFailure } from '../failure.ts';
import {
  expectAnswer,
  GatewayUnreachable,
  refusal,
  refusalText,
  type GatewayClient,
  type GatewayReply,
  type GatewayRequest,
} from '../gateway-client.ts';
import { newRunId, sendPersistently, type PersistenceTools, type PersistentReply } from '../persist.ts';
import { waitFor } from '../pause.ts';
import {
  itemAnswer,
  itemsAnswer,
  reservationAnswer,
  reservationsAnswer,
  type Item,
  type Reservation,
} from './item-answers.ts';

const PAGE_LIMIT = 1_000;
/** Longer than a gateway tries to settle a claim, so that it can say how that ended. */
const CLAIM_TIMEOUT_MS = 20_000;
const UNDECIDED_INTERVAL_MS = 500;

/** Which items to list. */
export interface ItemFilter {
  readonly kind?: string | undefined;
  /** Words, each of which stands in some detail or in the id. */
  readonly text?: string | undefined;
  readonly available?: boolean | undefined;
}

export interface NewItem {
  /** Left out, the gateway makes one up. */
  readonly id?: string | undefined;
  readonly kind: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** A wish for one reservation of several items. */
export interface ReserveRequest {
  readonly email: string;
  readonly items: readonly string[];
  readonly atomic?: boolean;
  readonly holdSeconds?: number;
}

/** What a reservation is to be changed to. */
export interface ReservationChange {
  readonly item?: string;
  readonly email?: string;
  /** Has a hold last for ever. */
  readonly confirm?: true;
}

/** Makes calls about items through one gateway. */
export class ItemsClient {
  readonly #gateway: GatewayClient;
  readonly #tools: PersistenceTools;
  readonly #runId: string;
  #writes = 0;

  constructor(gateway: GatewayClient, tools: PersistenceTools) {
    this.#gateway = gateway;
    this.#tools = tools;
    this.#runId = newRunId(tools.random);
  }

  /** All items that the filter lets through, by id, read page by page as they are asked for. @throws CommandFailure */
  async *list(filter: ItemFilter): AsyncGenerator<Item, void, undefined> {
    const query = new URLSearchParams({ limit: String(PAGE_LIMIT) });
    if (filter.kind !== undefined) query.set('kind', filter.kind);
    if (filter.text !== undefined && filter.text !== '') query.set('q', filter.text);
    if (filter.available !== undefined) query.set('available', String(filter.available));
    let path: string | undefined = `/items?${query.toString()}`;
    while (path !== undefined) {
      const reply: GatewayReply = (await this.#send({ method: 'GET', path })).reply;
      yield* expectAnswer(this.#gateway.url, itemsAnswer, reply);
      path = reply.nextPath;
    }
  }

  /** An item; undefined when there is none. @throws CommandFailure */
  find(id: string): Promise<Item | undefined> {
    return this.#read(`/items/${encodeURIComponent(id)}`, itemAnswer);
  }

  /** Adds an item; undefined when there is one by that id. @throws CommandFailure */
  async add({ id, kind, details }: NewItem): Promise<Item | undefined> {
    const body = { ...details, ...(id === undefined ? {} : { id }), kind };
    const { reply } = await this.#post('/items', body);
    return codeOf(reply) === 'ITEM_EXISTS' ? undefined : expectAnswer(this.#gateway.url, itemAnswer, reply);
  }

  /** Removes an item that nobody holds. @throws CommandFailure */
  async remove(id: string): Promise<'removed' | 'held' | 'missing'> {
    const { reply, repeated } = await this.#delete(`/items/${encodeURIComponent(id)}`);
    if (codeOf(reply) === 'ITEM_HELD') return 'held';
    if (reply.status === 404) return repeated ? 'removed' : 'missing';
    if (reply.status !== 204) throw refusal(reply);
    return 'removed';
  }

  /** Asks for reservations once and for all: what is answered may be any of its answers. @throws GatewayUnreachable */
  async reserve({ email, items, atomic, holdSeconds }: ReserveRequest): Promise<GatewayReply> {
    const body = {
      email,
      items,
      ...(atomic === undefined ? {} : { atomic }),
      ...(holdSeconds === undefined ? {} : { holdSeconds }),
    };
    return (await this.#post('/reservations', body)).reply;
  }

  /** A person's reservations, newest first, or those of an item. @throws CommandFailure */
  async reservations(filter: { readonly email?: string; readonly item?: string }): Promise<readonly Reservation[]> {
    const found = await this.#read(
      `/reservations?${new URLSearchParams({ ...filter }).toString()}`,
      reservationsAnswer,
    );
    return found ?? [];
  }

  /** A reservation; undefined when it is certain that there is none. @throws CommandFailure */
  reservation(id: string): Promise<Reservation | undefined> {
    return this.#read(`/reservations/${encodeURIComponent(id)}`, reservationAnswer);
  }

  /** When a time from now is up, for `decidedReservation`. */
  deadline(timeoutMs: number): number {
    return this.#tools.clock.monotonicMs() + timeoutMs;
  }

  /** As `reservation`, but asks again until the deadline while a request is not decided. @throws CommandFailure */
  async decidedReservation(id: string, endMs: number): Promise<Reservation | 'undecided' | undefined> {
    const { clock } = this.#tools;
    const patience = { timeoutMs: endMs - clock.monotonicMs(), intervalMs: UNDECIDED_INTERVAL_MS };
    const decided = await waitFor(clock, patience, async () => {
      const found = await this.reservation(id);
      return found?.pending === true ? undefined : { found };
    });
    return decided === undefined ? 'undecided' : decided.found;
  }

  /** Changes a reservation. Sent once: a second answer could not tell whether the first was lost. @throws CommandFailure */
  async change(id: string, change: ReservationChange): Promise<Reservation> {
    const path = `/reservations/${encodeURIComponent(id)}`;
    try {
      const reply = await this.#gateway.send({ method: 'PATCH', path, body: change, timeoutMs: CLAIM_TIMEOUT_MS });
      if (reply.status === 503) throw uncertainChange(refusalText(reply));
      return expectAnswer(this.#gateway.url, reservationAnswer, reply);
    } catch (error) {
      if (error instanceof GatewayUnreachable) throw uncertainChange(error.message);
      throw error;
    }
  }

  /** Gives a reservation up. @throws CommandFailure */
  async cancel(id: string): Promise<'cancelled' | 'missing'> {
    const { reply, repeated } = await this.#delete(`/reservations/${encodeURIComponent(id)}`);
    if (reply.status === 404) return repeated ? 'cancelled' : 'missing';
    if (reply.status !== 204) throw refusal(reply);
    return 'cancelled';
  }

  async #read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const { reply } = await this.#send({ method: 'GET', path });
    return reply.status === 404 ? undefined : expectAnswer(this.#gateway.url, schema, reply);
  }

  #post(path: string, body: unknown): Promise<PersistentReply> {
    this.#writes += 1;
    const headers = { 'idempotency-key': `trolley-${this.#runId}-${this.#writes}` };
    return this.#send({ method: 'POST', path, body, headers });
  }

  #delete(path: string): Promise<PersistentReply> {
    return this.#send({ method: 'DELETE', path });
  }

  #send(request: GatewayRequest): Promise<PersistentReply> {
    return sendPersistently(this.#gateway, { timeoutMs: CLAIM_TIMEOUT_MS, ...request }, this.#tools);
  }
}

function uncertainChange(reason: string): CommandFailure {
  return new CommandFailure(
    `It is not known whether the reservation was changed: ${reason}`,
    'Look at the reservations, and change it again if it was not.',
  );
}

const coded = z.looseObject({ code: z.string() });

/** The code of a problem; undefined when it has none. */
function codeOf(reply: GatewayReply): string | undefined {
  const problem = coded.safeParse(reply.body);
  return problem.success ? problem.data.code : undefined;
}
