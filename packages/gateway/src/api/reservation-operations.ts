/*
 * The calls about reservations: make, find, change, cancel.
 */
import { ProblemError, refusalProblem, type Clock, type ProblemDetails } from '@trolley/cluster';
import type { Items } from '../items/create-items.ts';
import type { ChangeOutcome, ReservationChanges } from '../items/change-reservation.ts';
import { ReservationsUnknownError, type Refusal, type ReserveOutcome } from '../items/reserve.ts';
import type { Reservation } from '../items/reservation.ts';
import { KeyReusedError, ListFullError } from '../lists/list-writer.ts';
import { StoreError } from '../store.ts';
import { itemNotFound } from './item-operations.ts';
import { reservationReply } from './item-replies.ts';
import {
  changedReservationSchema,
  locationHeaders,
  newReservationsBody,
  reservationChangeBody,
  reservationListSchema,
  reservationParameters,
  reservationQuery,
  reservationSchema,
  reservedSchema,
} from './item-schemas.ts';
import { onceForChanging, onceForReserving } from './once.ts';
import { BODY_PROBLEMS, NO_BODY, NO_QUERY, serve, type GatewayContext, type GatewayRouter } from './operation.ts';
import { idempotencyHeaders } from './schemas.ts';
import { storeProblem, STORE_PROBLEMS } from './store-problem.ts';

const NOT_FOUND = { 404: 'There is no such reservation; it may have lapsed.' };
const BUSY = 'Another request is changing it (`RESERVATION_BUSY`)';
const LIST_TOO_LARGE = 'The person holds too many (`LIST_TOO_LARGE`)';

/** For how long requests are remembered by their keys. */
interface KeyMemory {
  readonly clock: Clock;
  readonly idempotencyTtlMs: number;
}

/** Adds the calls to the router. */
export function serveReservations(router: GatewayRouter, items: Items, keys: KeyMemory): void {
  serveMaking(router, items, keys);
  serveFinding(router, items);
  serveReading(router, items);
  serveChanging(router, items);
  serveCancelling(router, items);
}

function serveMaking(router: GatewayRouter, items: Items, { clock, idempotencyTtlMs }: KeyMemory): void {
  serve(
    router,
    {
      method: 'post',
      path: '/reservations',
      tag: 'Reservations',
      summary: 'Reserve items',
      description:
        'Says of each item whether it was reserved. With `atomic` all of them are, or none. Sent again with the same ' +
        'Idempotency-Key, a request reserves each item once and answers with the same reservations.',
      query: NO_QUERY,
      body: newReservationsBody,
      headers: idempotencyHeaders,
      success: { status: 201, description: 'What was reserved, and what was not.', schema: reservedSchema },
      problems: {
        ...STORE_PROBLEMS,
        ...BODY_PROBLEMS,
        409:
          `Nothing was reserved: no item could be had (\`NOTHING_RESERVED\`), or not all of them, with \`atomic\` ` +
          `(\`NOT_ALL_FREE\`); \`refused\` says why. ${LIST_TOO_LARGE}.`,
        503:
          'The storage nodes cannot serve this now, and nothing was reserved; or it is not known (`OUTCOME_UNKNOWN`): ' +
          'then `reservations` names what may have been made.',
      },
    },
    async ({ body: { email, items: wanted, atomic, holdSeconds } }, context) => {
      const requestId = context.env.requestId;
      const holdMs = holdSeconds === undefined ? null : holdSeconds * 1_000;
      const asked = { items: wanted, atomic: atomic === true, holdSeconds: holdSeconds ?? null };
      const once = onceForReserving(context, asked, clock.nowMs() + idempotencyTtlMs);
      const request = { email, items: wanted, holdMs, once, requestId };
      const outcome = await withRoom(items, email, requestId, async () =>
        known(async () => (atomic === true ? items.reserver.reserveAll(request) : items.reserver.reserveEach(request))),
      );
      if (outcome.reserved.length === 0) throw nothingReserved(outcome.refused, atomic === true);
      return context.json(reservedReply(outcome), 201);
    },
  );
}

function serveFinding(router: GatewayRouter, { reservations }: Items): void {
  serve(
    router,
    {
      method: 'get',
      path: '/reservations',
      tag: 'Reservations',
      summary: 'Find reservations',
      description: 'A person’s, newest first, or who holds an item.',
      query: reservationQuery,
      body: NO_BODY,
      success: { status: 200, description: 'The reservations.', schema: reservationListSchema },
      problems: STORE_PROBLEMS,
    },
    async ({ query: { email, item } }, context) => {
      const requestId = context.env.requestId;
      const found =
        item === undefined
          ? await reservations.ofPerson(email ?? '', requestId)
          : await reservations.ofItem(item, requestId);
      const theirs = email === undefined ? found : found.filter((reservation) => reservation.email === email);
      return context.json(theirs.map(reservationReply));
    },
  );
}

function serveReading(router: GatewayRouter, { reservations }: Items): void {
  serve(
    router,
    {
      method: 'get',
      path: '/reservations/{id}',
      tag: 'Reservations',
      summary: 'Read a reservation',
      description:
        'For an id that a 503 answer named, a 404 is final: that reservation is not there, and will not be later.',
      query: NO_QUERY,
      body: NO_BODY,
      parameters: reservationParameters,
      success: { status: 200, description: 'The reservation.', schema: reservationSchema },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async (_, context) => {
      const id = reservationIdIn(context);
      const found = await reservations.find(id, context.env.requestId);
      if (found === undefined) throw notFound(id);
      return context.json(reservationReply(found));
    },
  );
}

function serveChanging(router: GatewayRouter, items: Items): void {
  serve(
    router,
    {
      method: 'patch',
      path: '/reservations/{id}',
      tag: 'Reservations',
      summary: 'Change or confirm a reservation',
      description:
        'Another item: the reservation of that replaces this one, under a new id, in one step; when it cannot be had ' +
        'this one stays. Another person: passes it on. `confirm`: it does not lapse any more. Sent again with the same ' +
        'Idempotency-Key, a change that was made is answered as it was then.',
      query: NO_QUERY,
      body: reservationChangeBody,
      parameters: reservationParameters,
      headers: idempotencyHeaders,
      success: {
        status: 200,
        description: 'The reservation afterwards.',
        schema: changedReservationSchema,
        headers: locationHeaders.partial(),
      },
      problems: {
        ...STORE_PROBLEMS,
        ...BODY_PROBLEMS,
        404: 'There is no such reservation, or no such item.',
        503:
          'The storage nodes cannot serve this now; or it is not known whether it was changed (`OUTCOME_UNKNOWN`): ' +
          'after a change of item `reservations` then names both, of which the one or the other is there.',
        409: `The other item is held (\`TAKEN\`). ${BUSY}. ${LIST_TOO_LARGE}.`,
      },
    },
    async ({ body }, context) => {
      const id = reservationIdIn(context);
      const requestId = context.env.requestId;
      const outcome = await withRoom(items, body.email, requestId, async () =>
        known(async () => items.changer.change(id, body, requestId, onceForChanging(context, body))),
      );
      const { reservation, replaces } = changed(outcome, id, body);
      context.header('Location', `/reservations/${reservation.id}`);
      return context.json({ ...reservationReply(reservation), ...(replaces === undefined ? {} : { replaces }) });
    },
  );
}

function serveCancelling(router: GatewayRouter, { changer }: Items): void {
  serve(
    router,
    {
      method: 'delete',
      path: '/reservations/{id}',
      tag: 'Reservations',
      summary: 'Cancel a reservation',
      query: NO_QUERY,
      body: NO_BODY,
      parameters: reservationParameters,
      success: { status: 204, description: 'The item is free.' },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND, 409: `${BUSY}.` },
    },
    async (_, context) => {
      const id = reservationIdIn(context);
      const outcome = await changer.cancel(id, context.env.requestId);
      if (outcome === 'not-found') throw notFound(id);
      if (outcome === 'busy') throw busy(id);
      return context.body(null, 204);
    },
  );
}

function reservationIdIn(context: GatewayContext): string {
  return context.req.param('id') ?? '';
}

function reservedReply({ reserved, refused }: ReserveOutcome) {
  return { reserved: reserved.map(reservationReply), refused };
}

/** Tells of a full list, after having it cleared of what leads nowhere, so that there may be room the next time. */
async function withRoom<T>(
  { reservations }: Items,
  email: string | undefined,
  requestId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyReusedError) throw refusalProblem('IDEMPOTENCY_KEY_REUSED', error.message);
    if (!(error instanceof ListFullError)) throw error;
    if (email !== undefined) reservations.cleanList(email, requestId);
    throw new ProblemError({
      status: 409,
      code: 'LIST_TOO_LARGE',
      title: 'The person holds too many reservations',
      detail: `Nothing was changed: ${error.message}.`,
    });
  }
}

/** @throws ProblemError, with the reservations to ask about, when it is not known which were made. */
async function known<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ReservationsUnknownError)) throw error;
    const { details } = storeProblem(new StoreError('OUTCOME_UNKNOWN', error.message), {});
    throw new ProblemError({ ...details, members: { reservations: error.reservations } });
  }
}

function nothingReserved(refused: readonly Refusal[], atomic: boolean): ProblemError {
  const kind: Pick<ProblemDetails, 'code' | 'title'> = atomic
    ? { code: 'NOT_ALL_FREE', title: 'Not all of the items are free' }
    : { code: 'NOTHING_RESERVED', title: 'None of the items could be had' };
  const reasons = refused.map(({ item, reason }) => `${item}: ${reason}`).join(', ');
  return new ProblemError({ status: 409, ...kind, detail: `Nothing was reserved: ${reasons}.`, members: { refused } });
}

/** @throws ProblemError when it was not changed. */
function changed(
  outcome: ChangeOutcome,
  id: string,
  { item = '' }: ReservationChanges,
): {
  readonly reservation: Reservation;
  readonly replaces?: string | undefined;
} {
  switch (outcome.type) {
    case 'changed':
      return outcome;
    case 'not-found':
      throw notFound(id);
    case 'item-not-found':
      throw itemNotFound(item);
    case 'taken':
      throw new ProblemError({
        status: 409,
        code: 'TAKEN',
        title: 'The item is held',
        detail: `The item ${item} is held; the reservation stays as it was.`,
      });
    case 'busy':
      throw busy(id);
    default:
      return outcome satisfies never;
  }
}

function notFound(id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'RESERVATION_NOT_FOUND',
    title: 'There is no such reservation',
    detail: `There is no reservation ${id.slice(0, 200)}.`,
  });
}

function busy(id: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'RESERVATION_BUSY',
    title: 'Another request is changing the reservation',
    detail: `The reservation ${id} is part of a change that is under way; try again.`,
    headers: { 'retry-after': '1' },
  });
}
