/*
 * Items, reservations and refusals in words.
 */
import { parseSeatId, seatLabel } from './seat.ts';
import { detailOf, type Item } from './item-answers.ts';

/** What people call an item: a book's title, a seat and its play, else the id. */
export function itemName(item: Item): string {
  const seat = item.kind === 'seat' ? parseSeatId(item.id) : undefined;
  if (seat !== undefined) return `${seatLabel(seat.place)}, ${detailOf(item, 'play') || seat.play}`;
  return detailOf(item, 'title') || item.id;
}

/** Why an item was refused, for a person. */
export function reasonText(reason: string): string {
  switch (reason) {
    case 'TAKEN':
      return 'somebody else has it';
    case 'NOT_FOUND':
      return 'there is no such item';
    case 'NOT_ALL_FREE':
      return 'free, and left so, as not all were';
    case 'NOT_RESERVED':
      return 'it could not be reserved in time, and is not';
    default:
      return reason;
  }
}

/** A time as gateways give it, to the minute. */
export function timeText(iso: string | null | undefined): string {
  return iso === undefined || iso === null ? '-' : iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, '$1 $2');
}
