/*
 * Which events one wants to see: of some kinds, with some words. Pure; kept in the address.
 */
import type { ClusterEvent } from '../../live/events.ts';
import { EVENT_KINDS, eventText, kindOf, type EventKind } from './event-text.ts';

/** What is wanted. */
export interface EventFilter {
  /** None stands for all. */
  readonly kinds: ReadonlySet<EventKind>;
  readonly words: string;
}

/** Reads the filter from the address. */
export function parseFilter(kinds: string | undefined, words: string | undefined): EventFilter {
  const named = new Set((kinds ?? '').split(','));
  return { kinds: new Set(EVENT_KINDS.filter((kind) => named.has(kind))), words: words ?? '' };
}

/** The kinds as the address has them, with one switched on or off. */
export function toggledKinds({ kinds }: EventFilter, kind: EventKind): string {
  return EVENT_KINDS.filter((other) => (other === kind ? !kinds.has(kind) : kinds.has(other))).join(',');
}

/** As many as fill the frame and a little more. */
const ROWS_WHEN_BUSY = 24;
const ROWS_AT_REST = 100;
/** Events that come faster than these are gone before they are read. */
const BUSY_WITHIN_MS = 2_000;

/** How many events to show: of many at once only what is in view, since drawing the others anew would stall the page. */
export function rowsToShow(events: readonly ClusterEvent[]): number {
  const last = events.at(-1);
  const earlier = events.at(-ROWS_WHEN_BUSY);
  if (last === undefined || earlier === undefined) return ROWS_AT_REST;
  return last.atMs - earlier.atMs < BUSY_WITHIN_MS ? ROWS_WHEN_BUSY : ROWS_AT_REST;
}

/** The latest events that pass, newest first. */
export function latestThatPass(
  events: readonly ClusterEvent[],
  filter: EventFilter,
  max: number,
): readonly ClusterEvent[] {
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
  const found: ClusterEvent[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < max; index -= 1) {
    const event = events[index];
    if (event !== undefined && passes(event, filter, words)) found.push(event);
  }
  return found;
}

function passes(event: ClusterEvent, { kinds }: EventFilter, words: readonly string[]): boolean {
  const kind = kindOf(event);
  if (kinds.size > 0 && (kind === undefined || !kinds.has(kind))) return false;
  if (words.length === 0) return true;
  const text = `${event.type} ${eventText(event)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
