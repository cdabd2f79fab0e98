/*
 * A person's reserved books, kept fresh. What a book is called is asked once.
 */
import { useRef } from 'preact/hooks';
import type { Item, Reservation } from '../items/item.ts';
import { findItem, reservationsOf } from '../items/items-api.ts';
import { usePolled, type Polled } from '../live/use-polled.ts';
import { BOOK_KIND } from './books.ts';

/** A reservation and its book. */
export interface ReservedBook {
  readonly reservation: Reservation;
  readonly book: Item;
}

/** The latest reservations of books; `more` when there are others. */
export interface ReservedBooks {
  readonly books: readonly ReservedBook[];
  readonly more: boolean;
}

const EVERY_MS = 4_000;
const SHOWN_MAX = 30;
/** So many seats may stand among the books. */
const LOOKED_AT_MAX = 200;

/** The person's books. */
export function useReservations(email: string): Polled<ReservedBooks> {
  const known = useRef(new Map<string, Item>());
  const bookOf = async (reservation: Reservation): Promise<ReservedBook[]> => {
    const book = known.current.get(reservation.item) ?? (await findItem(reservation.item));
    if (book === undefined) return [];
    known.current.set(book.id, book);
    return book['kind'] === BOOK_KIND ? [{ reservation, book }] : [];
  };
  return usePolled(
    async (signal) => {
      const reservations = (await reservationsOf(email, signal)).filter(({ item }) => !item.startsWith('seat.'));
      const looked = await Promise.all(reservations.slice(0, LOOKED_AT_MAX).map(bookOf));
      const books = looked.flat();
      return { books: books.slice(0, SHOWN_MAX), more: books.length > SHOWN_MAX };
    },
    EVERY_MS,
    email,
  );
}
