/*
 * The room of a play: its plan, what is chosen in it, and what its signs mean.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { hrefOf } from '../app/route.ts';
import { route, showOnPage } from '../app/router.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { Check } from '../design/field.tsx';
import { ErrorNotice } from '../design/notice.tsx';
import { OutcomeLine } from '../design/outcome-line.tsx';
import { Panel } from '../design/panel.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { itemState } from '../items/item.ts';
import { worthTelling } from '../live/worth-telling.ts';
import { PersonForm } from '../people/person-form.tsx';
import { countStates, deedOf, type Deed, type Play } from './plays.ts';
import { SeatPlan } from './seat-plan.tsx';
import { seatLabel } from './seat.ts';
import { useSeats, type Seats } from './use-seats.ts';

/** The room. */
export function Room({ slug, user }: { readonly slug: string; readonly user: string }): VNode {
  const seats = useSeats(slug, user);
  const { play, error } = seats;
  return (
    <>
      <p>
        <a href={hrefOf('theatre', { ...route.value.query, room: undefined })}>All plays</a>
      </p>
      <ErrorNotice error={worthTelling(error, play)} title="The room could not be read" />
      {play === undefined && error === undefined && <Skeleton lines={14} label="Reading the room" />}
      {play === null && (
        <EmptyState title={`There is no play “${slug}”`}>
          <p>
            <code>npx trolley seed all</code> puts six plays on.
          </p>
        </EmptyState>
      )}
      {play !== undefined && play !== null && <RoomOf play={play} user={user} seats={seats} />}
    </>
  );
}

const HINT = 'Nothing chosen. Choose free seats to take them, or your own to give them back. One of each moves you.';

interface RoomOfProps {
  readonly play: Play;
  readonly user: string;
  readonly seats: Seats;
}

function RoomOf({ play, user, seats }: RoomOfProps): VNode {
  const { free, yours } = countStates(play, user);
  const aside = (
    <span class="muted figures">
      {play.room}, {free} of {play.seats.size} seats free
    </span>
  );
  return (
    <div class="room">
      <Panel title={play.title} aside={aside}>
        <div class="hall">
          <div class="stage" aria-hidden="true">
            Stage
          </div>
          <SeatPlan
            play={play}
            user={user}
            chosen={new Set(seats.chosen.map(({ place }) => seatLabel(place)))}
            onToggle={seats.toggle}
          />
        </div>
        <Legend />
      </Panel>
      <Panel title="Your seats">
        <PersonForm label="Go as" email={user} onChange={(email) => showOnPage({ user: email })} />
        <p class="seats-had">{yoursText(play, user, yours)}</p>
        <OutcomeLine outcome={seats.outcome} />
        <ChosenSeats seats={seats} user={user} />
      </Panel>
    </div>
  );
}

function yoursText(play: Play, user: string, count: number): string {
  if (count === 0) return 'You have no seat here yet.';
  const labels = [...play.seats].filter(([, { item }]) => itemState(item, user) === 'yours').map(([label]) => label);
  return `You have ${labels.join(', ')}.`;
}

function ChosenSeats({ seats, user }: { readonly seats: Seats; readonly user: string }): VNode {
  const [allOrNone, setAllOrNone] = useState(true);
  const deed = deedOf(seats.chosen, user);
  const labels = seats.chosen.map(({ place }) => seatLabel(place)).join(', ');
  return (
    <div class="stack">
      <p class="chosen-seats">
        {labels === '' ? <span class="muted">{HINT}</span> : `Chosen: ${labels}.`}
        {deed.kind === 'mixed' && ' Choose only free seats, only your own, or one of each.'}
      </p>
      <Check label="All of them or none" checked={allOrNone} onChange={setAllOrNone} />
      <div class="row">
        <Button
          look="primary"
          busy={seats.busy}
          disabled={deed.kind === 'none' || deed.kind === 'mixed'}
          onClick={() => perform(deed, seats, allOrNone)}
        >
          {deedText(deed)}
        </Button>
        <Button disabled={seats.chosen.length === 0} onClick={seats.clear}>
          Clear
        </Button>
      </div>
    </div>
  );
}

function perform(deed: Deed, seats: Seats, allOrNone: boolean): void {
  if (deed.kind === 'take') seats.take(deed.seats, allOrNone);
  if (deed.kind === 'give-back') seats.giveBack(deed.seats);
  if (deed.kind === 'move') seats.move(deed.from, deed.to);
}

function deedText(deed: Deed): string {
  switch (deed.kind) {
    case 'take':
      return deed.seats.length === 1 ? 'Take this seat' : `Take ${deed.seats.length} seats`;
    case 'give-back':
      return deed.seats.length === 1 ? 'Give this seat back' : `Give ${deed.seats.length} seats back`;
    case 'move':
      return `Move from ${seatLabel(deed.from.place)} to ${seatLabel(deed.to.place)}`;
    case 'none':
    case 'mixed':
      return 'Take seats';
    default:
      return deed satisfies never;
  }
}

const SIGNS = [
  { state: 'free', sign: '7', text: 'free' },
  { state: 'free chosen', sign: '✓', text: 'chosen' },
  { state: 'yours', sign: '●', text: 'yours' },
  { state: 'taken', sign: '×', text: 'taken' },
  { state: 'pending', sign: '?', text: 'being decided' },
] as const;

function Legend(): VNode {
  return (
    <ul role="list" class="legend" aria-label="What the signs mean">
      {SIGNS.map(({ state, sign, text }) => (
        <li key={text}>
          <span class={`seat ${state}`} aria-hidden="true">
            {sign}
          </span>
          {text}
        </li>
      ))}
    </ul>
  );
}
