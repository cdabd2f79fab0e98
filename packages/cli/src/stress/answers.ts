/*
 * What a stress test reads from answers about items and reservations, checked on arrival.
 */
import { z } from 'zod';
import type { ItemState, Listed } from './evidence.ts';

const reservation = z.object({
  id: z.string(),
  item: z.string(),
  email: z.string(),
  pending: z.boolean().default(false),
});

const item = z.object({
  id: z.string(),
  holder: z.object({ reservation: z.string(), email: z.string(), pending: z.boolean().default(false) }).nullable(),
});

const reserved = z.object({
  reserved: z.array(reservation),
  refused: z.array(z.object({ item: z.string(), reason: z.string(), reservation: z.string().optional() })),
});

export type ReservedAnswer = z.infer<typeof reserved>;

/** What was reserved and what was not; undefined when the answer says something else. */
export function readReserved(body: unknown): ReservedAnswer | undefined {
  return reserved.safeParse(body).data;
}

/** One reservation; undefined when the answer says something else. */
export function readReservation(body: unknown): Listed | undefined {
  return reservation.safeParse(body).data;
}

/** A person's list; undefined when the answer says something else. */
export function readReservations(body: unknown): readonly Listed[] | undefined {
  return z.array(reservation).safeParse(body).data;
}

/** The state of an item; unread when the answer says something else. */
export function readItem(body: unknown): ItemState {
  const found = item.safeParse(body).data;
  if (found === undefined) return { kind: 'unread' };
  const { id, holder } = found;
  if (holder === null) return { kind: 'free' };
  const { reservation: reservationId, email, pending } = holder;
  return { kind: 'held', holder: { id: reservationId, item: id, email }, pending };
}
