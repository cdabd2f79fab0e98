/*
 * What a reader can do in the library, and what became of it.
 */
import { showOnPage } from '../app/router.ts';
import { useOutcome } from '../app/use-outcome.ts';
import { describeError } from '../api/problem.ts';
import type { Outcome } from '../design/outcome-line.tsx';
import type { Item } from '../items/item.ts';
import { cancelReservation, changeReservation } from '../items/items-api.ts';
import { changeFailure, reserveFailure, reserveOutcome } from '../items/reserve-outcome.ts';
import { reserve } from '../items/reserve.ts';
import { useQueue } from '../live/use-queue.ts';
import { titleOf } from './books.ts';

/** A reader's hands. */
export interface Library {
  /** Whether something of this name is under way. */
  readonly isBusy: (name: string) => boolean;
  readonly outcome: Outcome | undefined;
  readonly reserve: (books: readonly Item[], allOrNone: boolean) => void;
  readonly cancel: (reservation: string, title: string) => void;
  /** Has this book instead of the one that is reserved. */
  readonly change: (reservation: string, book: Item) => void;
}

/** @param onChange called when something may have changed hands */
export function useLibrary(email: string, onChange: () => void): Library {
  const [outcome, tell] = useOutcome(email);
  const queue = useQueue();
  const begin = (name: string, work: () => Promise<Outcome>, failure: (error: unknown) => Outcome): void =>
    queue.add(name, async () => {
      tell(await work().catch(failure));
      onChange();
    });
  return {
    isBusy: queue.isBusy,
    outcome,
    reserve: (books, atomic) =>
      begin(
        books.length === 1 ? `reserve ${books[0]?.id ?? ''}` : 'reserve all',
        async () => {
          const titles = new Map(books.map((book) => [book.id, `“${titleOf(book)}”`]));
          const reserved = await reserve({ email, items: [...titles.keys()], atomic });
          return reserveOutcome(reserved, 'book', (item) => titles.get(item) ?? item);
        },
        reserveFailure,
      ),
    cancel: (reservation, title) =>
      begin(
        `cancel ${reservation}`,
        async () => {
          const result = await cancelReservation(reservation);
          if (result === 'missing') return { tone: 'warn', text: `You did not have “${title}” any more.` };
          return { tone: 'good', text: `“${title}” is free again.` };
        },
        (error) => ({ tone: 'bad', text: describeError(error) }),
      ),
    change: (reservation, book) =>
      begin(
        `reserve ${book.id}`,
        async () => {
          await changeReservation(reservation, book.id);
          showOnPage({ change: undefined });
          return { tone: 'good', text: `You have “${titleOf(book)}” instead.` };
        },
        (error) => changeFailure(error, `“${titleOf(book)}”`),
      ),
  };
}
