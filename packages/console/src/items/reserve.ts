/*
 * Reserves items for a person, and accounts for each of them: had, refused, or not known. Where the gateway cannot say
 * yet how it ended, the reservation is asked about until it can.
 */
import { post } from '../api/persist.ts';
import { ApiProblem } from '../api/problem.ts';
import { pause } from '../live/time.ts';
import type { Reservation } from './item.ts';
import { findItem, findReservation } from './items-api.ts';

/** Why an item was not had. `TAKEN` is by somebody else. */
export type Refusal = 'TAKEN' | 'YOURS_ALREADY' | 'NOT_FOUND' | 'NOT_ALL_FREE' | 'NOT_RESERVED' | 'UNKNOWN';

/** What became of each item that was wanted. */
export interface Reserved {
  /** Ids of the items that are the person's now. */
  readonly had: readonly string[];
  readonly refused: readonly { readonly item: string; readonly reason: Refusal }[];
}

interface Wish {
  readonly email: string;
  readonly items: readonly string[];
  /** All of them or none. */
  readonly atomic: boolean;
}

interface Answer {
  readonly reserved: readonly Reservation[];
  readonly refused: readonly { readonly item: string; readonly reason: Refusal; readonly reservation?: string }[];
}

const LOOKS_MAX = 20;
const LOOK_PAUSE_MS = 500;
/** Of so many that are taken it is asked by whom. */
const WHOSE_MAX = 20;

/** Reserves the items. @throws ApiProblem, GatewayAway when nothing is known of any of them */
export async function reserve({ email, items, atomic }: Wish): Promise<Reserved> {
  const { reserved, refused } = await askFor({ email, items, atomic });
  const undecided = [
    ...reserved.filter(({ pending }) => pending === true).map(({ id, item }) => ({ item, reservation: id })),
    ...refused.filter(({ reason }) => reason === 'UNKNOWN'),
  ];
  const settled = await Promise.all(undecided.map(settle));
  const named = new Set(refused.map(({ item }) => item));
  const left = reserved.length === 0 && atomic ? items.filter((item) => !named.has(item)) : [];
  return {
    had: [
      ...reserved.filter(({ pending }) => pending !== true).map(({ item }) => item),
      ...settled.filter(({ reason }) => reason === undefined).map(({ item }) => item),
    ],
    refused: [
      ...(await Promise.all(refused.filter(({ reason }) => reason !== 'UNKNOWN').map(byWhom(email)))),
      ...settled.flatMap(({ item, reason }) => (reason === undefined ? [] : [{ item, reason }])),
      ...left.map((item) => ({ item, reason: 'NOT_ALL_FREE' as const })),
    ],
  };
}

async function askFor(wish: Wish): Promise<Answer> {
  try {
    return (await post<Answer>('/reservations', wish)).body;
  } catch (error) {
    const refused = error instanceof ApiProblem && error.status === 409 ? error.body['refused'] : undefined;
    if (!Array.isArray(refused)) throw error;
    return { reserved: [], refused: refused as Answer['refused'] };
  }
}

/** Says of an item that is taken when it is the person's own already, as after a click in another window. */
function byWhom(email: string) {
  return async ({ item, reason }: { readonly item: string; readonly reason: Refusal }, index: number) => {
    if (reason !== 'TAKEN' || index >= WHOSE_MAX) return { item, reason };
    const found = await findItem(item).catch(() => undefined);
    return { item, reason: found?.holder?.email === email ? ('YOURS_ALREADY' as const) : reason };
  };
}

/** How it ended after all; no reason when it is the person's. */
async function settle({
  item,
  reservation,
}: {
  readonly item: string;
  readonly reservation?: string;
}): Promise<{ readonly item: string; readonly reason: Refusal | undefined }> {
  if (reservation === undefined) return { item, reason: 'UNKNOWN' };
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    const found = await findReservation(reservation).catch(() => 'silent' as const);
    if (found === undefined) return { item, reason: 'NOT_RESERVED' };
    if (found !== 'silent' && found.pending !== true) return { item, reason: undefined };
    await pause(LOOK_PAUSE_MS);
  }
  return { item, reason: 'UNKNOWN' };
}
