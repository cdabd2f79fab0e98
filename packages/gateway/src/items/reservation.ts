/*
 * A reservation as people see it: one hold of one item.
 */
import type { Holder } from './item.ts';
import { parseReservationId } from './item-ids.ts';

/** A reservation. */
export interface Reservation {
  readonly id: string;
  readonly item: string;
  readonly email: string;
  readonly sinceMs: number;
  /** When it lapses unless it is confirmed; null when it does not. */
  readonly expiresAtMs: number | null;
  /** It is being made together with others, and may come to nothing yet. */
  readonly pending: boolean;
}

/** The reservation that a hold is. */
export function reservationOf({ reservation, email, sinceMs, expiresAtMs, mark }: Holder): Reservation {
  const item = parseReservationId(reservation)?.item ?? '';
  return { id: reservation, item, email, sinceMs, expiresAtMs, pending: mark?.effect === 'take' };
}
