/*
 * What happens, live: the latest first, filtered as the address says. It can be held still to read.
 */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { count, timeOfDay } from '../../app/format.ts';
import { hrefOf } from '../../app/route.ts';
import { route, showOnPage } from '../../app/router.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Panel } from '../../design/panel.tsx';
import { eventsSeen, feedIsOpen, recentEvents, type ClusterEvent } from '../../live/events.ts';
import { latestThatPass, parseFilter, rowsToShow, toggledKinds } from './event-filter.ts';
import { EVENT_KINDS, eventText, toneOf } from './event-text.ts';
import './events.css';

/** What is held still can be drawn once, whatever it is. */
const HELD_MAX = 200;

/** The event feed. */
export function EventsPanel(): VNode {
  const { events: kinds, find } = route.value.query;
  const filter = useMemo(() => parseFilter(kinds, find), [kinds, find]);
  const [held, setHeld] = useState<readonly ClusterEvent[]>();
  const events = held ?? recentEvents.value;
  const shown = useMemo(
    () => latestThatPass(events, filter, held ? HELD_MAX : rowsToShow(events)),
    [events, filter, held],
  );
  return (
    <Panel
      title="Events"
      aside={
        <span class="row">
          <span class="muted small figures">
            {feedIsOpen.value ? `${count(eventsSeen.value)} so far` : 'reconnecting …'}
          </span>
          <Button
            size="small"
            pressed={held !== undefined}
            onClick={() => setHeld(held ? undefined : recentEvents.value)}
          >
            {held ? 'Go on' : 'Hold'}
          </Button>
        </span>
      }
    >
      <div class="event-filter">
        <div class="row" role="group" aria-label="Kinds of events to show">
          {EVENT_KINDS.map((kind) => (
            <Button
              key={kind}
              size="small"
              look="quiet"
              pressed={filter.kinds.has(kind)}
              onClick={() => showOnPage({ events: toggledKinds(filter, kind) }, 'replace')}
            >
              {kind}
            </Button>
          ))}
        </div>
        <Field
          label="Find in events"
          hideLabel
          type="search"
          placeholder="Find a node, a key, a word"
          value={filter.words}
          onInput={(words) => showOnPage({ find: words }, 'replace')}
        />
      </div>
      <EventList events={shown} isFiltered={filter.kinds.size > 0 || filter.words !== ''} />
    </Panel>
  );
}

function EventList({
  events,
  isFiltered,
}: {
  readonly events: readonly ClusterEvent[];
  readonly isFiltered: boolean;
}): VNode {
  const frame = useRef<HTMLDivElement>(null);
  return (
    <div class="event-frame" ref={frame} role="region" aria-label="Events, the latest first" tabIndex={0}>
      {events.length === 0 ? (
        <p class="muted">
          {isFiltered
            ? 'No event passes the filter. Take a kind off, or other words.'
            : 'Nothing has happened yet. Kill a node, or change a cart while one is down, and it shows here.'}
        </p>
      ) : (
        <ol role="list" class="event-list">
          {events.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ol>
      )}
    </div>
  );
}

function EventRow({ event }: { readonly event: ClusterEvent }): VNode {
  const { key } = event;
  const text = eventText(event);
  return (
    <li class={`tone-${toneOf(event)}`} data-type={event.type}>
      <time class="muted small figures">{timeOfDay(event.atMs)}</time>
      <span class="mark" aria-hidden="true" />
      <span class="text">{key === undefined ? text : <KeyInText text={text} name={key} />}</span>
    </li>
  );
}

/** The key in the sentence leads to the key lens. */
function KeyInText({ text, name }: { readonly text: string; readonly name: string }): VNode {
  const start = text.indexOf(name);
  if (start < 0 || name === '') return <>{text}</>;
  return (
    <>
      {text.slice(0, start)}
      <a href={hrefOf('cluster', { ...route.value.query, key: name })}>{name}</a>
      {text.slice(start + name.length)}
    </>
  );
}
