/*
 * Items and reservations as the API shows them.
 */
import type { NamedItem } from '../items/item-service.ts';
import type { Reservation } from '../items/reservation.ts';
import { reservationOf } from '../items/reservation.ts';
import { plainObject } from './replies.ts';

/** An item as clients see it. */
export function itemReply({ id, item: { kind, details, holder }, version }: NamedItem) {
  const shown = holder === null ? null : holderReply(reservationOf(holder));
  return plainObject<unknown>([
    ['id', id],
    ['kind', kind],
    ...Object.entries(details),
    ['holder', shown],
    ['version', version],
  ]);
}

/** A reservation as clients see it. */
export function reservationReply({ id, item, email, sinceMs, expiresAtMs, pending }: Reservation) {
  return { id, item, email, ...timesReply(sinceMs, expiresAtMs), ...pendingReply(pending) };
}

function holderReply({ id, email, sinceMs, expiresAtMs, pending }: Reservation) {
  return { reservation: id, email, ...timesReply(sinceMs, expiresAtMs), ...pendingReply(pending) };
}

function timesReply(sinceMs: number, expiresAtMs: number | null) {
  return { since: isoTime(sinceMs), expires: expiresAtMs === null ? null : isoTime(expiresAtMs) };
}

function pendingReply(pending: boolean) {
  return pending ? { pending } : {};
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
