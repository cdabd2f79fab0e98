/*
 * The page Library: a catalogue of books, each of which one reader can have.
 */
import type { VNode } from 'preact';
import { route, showOnPage } from '../app/router.ts';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { PageHeading } from '../design/page-heading.tsx';
import type { Item } from '../items/item.ts';
import { listItems } from '../items/items-api.ts';
import { usePaged } from '../paging/use-paged.ts';
import { BOOK_KIND, isFound, titleOf } from './books.ts';
import { Catalogue } from './catalogue.tsx';
import './library.css';
import { libraryState } from './library-state.ts';
import { ReservationsPanel } from './reservations-panel.tsx';
import { useLibrary } from './use-library.ts';
import { useReservations } from './use-reservations.ts';

const PAGE_SIZE = 12;
const EVERY_MS = 5_000;

/** The page. */
export function LibraryPage(): VNode {
  const state = libraryState(route.value.query);
  const { search, field, availableOnly, user } = state;
  const books = usePaged<Item>({
    listing: (signal) => ({
      ...listItems(
        { kind: BOOK_KIND, q: search === '' ? undefined : search, available: availableOnly ? true : undefined },
        signal,
      ),
      ...(search === '' || field === 'anywhere' ? {} : { isShown: (book: Item) => isFound(book, search, field) }),
    }),
    about: [field, availableOnly, search].join(' '),
    number: state.page,
    size: PAGE_SIZE,
    everyMs: EVERY_MS,
  });
  const reservations = useReservations(user);
  const library = useLibrary(user, () => {
    books.refresh();
    reservations.refresh();
  });
  const changed = reservations.value?.books.find(({ reservation }) => reservation.id === state.change);
  return (
    <>
      <PageHeading title="Library">
        Reserve books, one or many. Nobody else can have them then, at whichever gateway they ask.
      </PageHeading>
      {changed !== undefined && (
        <Notice tone="info" title={`Which book instead of “${titleOf(changed.book)}”?`}>
          <span class="row">
            Choose one that is available. Until you have it, you keep what you have.
            <Button size="small" onClick={() => showOnPage({ change: undefined })}>
              Keep “{titleOf(changed.book)}”
            </Button>
          </span>
        </Notice>
      )}
      <div class="library">
        <Catalogue
          state={{ ...state, change: changed === undefined ? undefined : state.change }}
          books={books}
          library={library}
        />
        <ReservationsPanel email={user} reservations={reservations} library={library} change={state.change} />
      </div>
    </>
  );
}
