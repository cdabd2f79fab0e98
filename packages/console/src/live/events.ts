/*
 * What happens in the cluster, as the gateway streams it. One stream for the whole console, open from when somebody
 * first wants it.
 */
import { signal } from '@preact/signals';
import { appendBounded } from './append-bounded.ts';
import { noteAnswer, noteSilence } from './connection.ts';
import { followStream, type StreamState } from './event-stream.ts';
import type { StreamedEvent } from './parse-events.ts';
import { after } from './time.ts';

/** Something that happened; which fields it has depends on its type. */
export interface ClusterEvent {
  readonly id: string;
  readonly type: string;
  readonly atMs: number;
  readonly node?: string;
  readonly key?: string;
  readonly epoch?: number;
  readonly reason?: string;
  readonly groups?: number;
  readonly groupsDone?: number;
  readonly fromVersion?: number;
  readonly toVersion?: number;
  readonly why?: 'read' | 'hint' | 'anti-entropy';
  readonly operation?: 'read' | 'write' | 'list';
  readonly answered?: number;
  readonly replicas?: number;
}

type Listener = (event: ClusterEvent) => void;

/** Events kept for the page; older ones are forgotten. */
const KEPT_MAX = 1_000;
/** Many events at once are shown together: a list that is drawn anew for each would stall the page. */
const SHOW_EVERY_MS = 250;

/** The latest events, oldest first. */
export const recentEvents = signal<readonly ClusterEvent[]>([]);
/** Whether the stream is open. */
export const feedIsOpen = signal(false);
/** Events that came since the page was opened. */
export const eventsSeen = signal(0);

const listeners = new Set<Listener>();
let waiting: ClusterEvent[] = [];
let isFollowing = false;

/** Calls the listener with each event, those that the gateway still has first when nobody listened before. */
export function onClusterEvent(listener: Listener): () => void {
  listeners.add(listener);
  follow();
  return () => void listeners.delete(listener);
}

/** Opens the stream; it stays open as long as the page. */
export function follow(): void {
  if (isFollowing) return;
  isFollowing = true;
  void followStream('/cluster/events', { onEvents: take, onState: noteState }, new AbortController().signal);
}

function noteState(state: StreamState): void {
  feedIsOpen.value = state === 'open';
  if (state === 'open') noteAnswer();
  if (state === 'silence') noteSilence();
}

function take(streamed: readonly StreamedEvent[]): void {
  const events = streamed.map(({ id, data }): ClusterEvent => ({ id, ...JSON.parse(data) }));
  if (waiting.length === 0) after(SHOW_EVERY_MS, show);
  waiting.push(...events);
  for (const event of events) for (const listener of listeners) listener(event);
}

function show(): void {
  eventsSeen.value += waiting.length;
  recentEvents.value = appendBounded(recentEvents.value, waiting, KEPT_MAX);
  waiting = [];
}
