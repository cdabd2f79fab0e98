/*
 * What the reader has reserved.
 */
import type { VNode } from 'preact';
import { showOnPage } from '../app/router.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { ErrorNotice } from '../design/notice.tsx';
import { OutcomeLine } from '../design/outcome-line.tsx';
import { Panel } from '../design/panel.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { timeText } from '../design/time-text.ts';
import { detailOf } from '../items/item.ts';
import type { Polled } from '../live/use-polled.ts';
import { worthTelling } from '../live/worth-telling.ts';
import { PersonForm } from '../people/person-form.tsx';
import { bookLine, titleOf } from './books.ts';
import type { Library } from './use-library.ts';
import type { ReservedBook, ReservedBooks } from './use-reservations.ts';

interface ReservationsPanelProps {
  readonly email: string;
  readonly reservations: Polled<ReservedBooks>;
  readonly library: Library;
  /** The one that is being changed. */
  readonly change: string | undefined;
}

/** The panel. */
export function ReservationsPanel({ email, reservations, library, change }: ReservationsPanelProps): VNode {
  const { value, error } = reservations;
  return (
    <Panel title="My reservations">
      <PersonForm label="Read as" email={email} onChange={(user) => showOnPage({ user, change: undefined })} />
      <OutcomeLine outcome={library.outcome} hint="A book has one reader at a time." />
      <ErrorNotice error={worthTelling(error, value)} title="The reservations could not be read" />
      {value === undefined && error === undefined && <Skeleton lines={3} label="Reading the reservations" />}
      {value?.books.length === 0 && (
        <EmptyState title="You have no book">Reserve one from the catalogue, or tick several.</EmptyState>
      )}
      {value !== undefined && value.books.length > 0 && (
        <ul role="list" class="reservations">
          {value.books.map((reserved) => (
            <ReservationLine key={reserved.reservation.id} reserved={reserved} library={library} change={change} />
          ))}
        </ul>
      )}
      {value?.more === true && <p class="muted small">These are the latest; there are more.</p>}
    </Panel>
  );
}

interface ReservationLineProps extends Pick<ReservationsPanelProps, 'library' | 'change'> {
  readonly reserved: ReservedBook;
}

function ReservationLine({ reserved: { reservation, book }, library, change }: ReservationLineProps): VNode {
  const isChanging = change === reservation.id;
  return (
    <li class={isChanging ? 'changing' : ''}>
      <div class="what">
        <div class="title">{titleOf(book)}</div>
        <div>{detailOf(book, 'author')}</div>
        <div class="muted small figures">since {timeText(reservation.since)}</div>
      </div>
      <div class="deeds">
        <Button
          size="small"
          pressed={isChanging}
          label={`Change ${bookLine(book)} to another book`}
          onClick={() => showOnPage({ change: isChanging ? undefined : reservation.id })}
        >
          Change
        </Button>
        <Button
          size="small"
          look="quiet"
          busy={library.isBusy(`cancel ${reservation.id}`)}
          label={`Cancel ${bookLine(book)}`}
          onClick={() => library.cancel(reservation.id, titleOf(book))}
        >
          Cancel
        </Button>
      </div>
    </li>
  );
}
