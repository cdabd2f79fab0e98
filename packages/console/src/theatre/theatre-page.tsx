/*
 * The page Theatre: six plays, and the plan of each one's room.
 */
import type { VNode } from 'preact';
import { route, showOnPage } from '../app/router.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { ErrorNotice } from '../design/notice.tsx';
import { PageHeading } from '../design/page-heading.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { usePolled } from '../live/use-polled.ts';
import { worthTelling } from '../live/worth-telling.ts';
import { PersonForm } from '../people/person-form.tsx';
import { PlayCard } from './play-card.tsx';
import { Room } from './room.tsx';
import './theatre.css';
import { readPlays } from './theatre-api.ts';
import { theatreState } from './theatre-state.ts';

const PLAYS_MS = 5_000;

/** The page. */
export function TheatrePage(): VNode {
  const { room, user } = theatreState(route.value.query);
  return (
    <>
      <PageHeading title="Theatre">
        Six plays, each in a room of its own. Take seats, several at once, and see those of others turn while you look.
      </PageHeading>
      {room === undefined ? <Plays user={user} /> : <Room key={`${room} ${user}`} slug={room} user={user} />}
    </>
  );
}

function Plays({ user }: { readonly user: string }): VNode {
  const { value: plays, error } = usePolled(readPlays, PLAYS_MS);
  return (
    <>
      <div class="theatre-person">
        <PersonForm label="Go as" email={user} onChange={(email) => showOnPage({ user: email })} />
      </div>
      <ErrorNotice error={worthTelling(error, plays)} title="The plays could not be read" />
      {plays === undefined && error === undefined && <Skeleton lines={10} label="Reading the plays" />}
      {plays?.length === 0 && (
        <EmptyState title="Nothing is on">
          <p>
            <code>npx trolley seed all</code> puts six plays on.
          </p>
        </EmptyState>
      )}
      {plays !== undefined && plays.length > 0 && (
        <ul role="list" class="plays">
          {plays.map((play) => (
            <li key={play.slug}>
              <PlayCard play={play} user={user} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
