/*
 * What happens in the cluster, as this gateway sees it: a feed that the store publishes to and that
 * `GET /cluster/events` streams. The latest events are kept in a bounded ring, so that a reader who was
 * away can go on where it stopped; nothing is written to disk.
 */
import type { Clock } from '@trolley/cluster';

/** Something that happened. */
export type ClusterEvent =
  | { readonly type: 'node-up'; readonly node: string }
  | { readonly type: 'node-down'; readonly node: string }
  | { readonly type: 'map-changed'; readonly epoch: number; readonly reason: string }
  /** The registry had lost the newest map; certain when nobody can have worked by a newer one than was put back. */
  | { readonly type: 'map-put-back'; readonly epoch: number; readonly certain: boolean; readonly reason: string }
  /** Data is no longer placed on the node, since it was down for too long, or is again. */
  | { readonly type: 'node-out' | 'node-in'; readonly node: string }
  /** An operator takes the node out; its data has moved, and it may be stopped. */
  | { readonly type: 'drain-started' | 'drained'; readonly node: string }
  /** A node fetches placement groups that it gained, so many of which it has. */
  | {
      readonly type: 'move-started' | 'move-progress' | 'move-ended';
      readonly node: string;
      readonly epoch: number;
      readonly groups: number;
      readonly groupsDone: number;
    }
  /** A stale replica was brought up to date; the versions are those of the record before and after. */
  | {
      readonly type: 'repaired';
      readonly key: string;
      readonly node: string;
      readonly fromVersion: number;
      readonly toVersion: number;
      readonly why: 'read' | 'hint' | 'anti-entropy';
    }
  /** A request was served by fewer replicas than it asked for. */
  | {
      readonly type: 'degraded';
      readonly key: string;
      readonly operation: 'read' | 'write' | 'list';
      readonly answered: number;
      readonly replicas: number;
    }
  | { readonly type: 'registry-lost' }
  | { readonly type: 'registry-back' };

/** An event with its place in the feed. */
export interface PublishedEvent {
  /** `START-NUMBER`: names the feed by when it was made, so that an id of another process is told apart. */
  readonly id: string;
  readonly atMs: number;
  readonly event: ClusterEvent;
}

/** Called with each event as it is published. Must not throw and must not wait. */
type EventListener = (published: PublishedEvent) => void;

/** Where events are published and read. */
export interface EventFeed {
  publish(event: ClusterEvent): void;
  /** Calls the listener with every later event; returns a function that ends that. */
  subscribe(listener: EventListener): () => void;
  /**
   * The kept events after the one with this id, oldest first; all kept ones when the id is undefined,
   * no longer kept or of another feed.
   */
  since(id: string | undefined): readonly PublishedEvent[];
}

/** Events kept for readers who come back, unless asked otherwise: some megabytes, and 20 s of a busy repair. */
const KEPT_EVENTS = 10_000;

/** A feed in memory that keeps the last `keptEvents` events. */
export function createEventFeed(options: { readonly clock: Clock; readonly keptEvents?: number }): EventFeed {
  const { clock, keptEvents = KEPT_EVENTS } = options;
  const feedName = clock.nowMs().toString(36);
  const kept: PublishedEvent[] = [];
  const listeners = new Set<EventListener>();
  let published = 0;

  return {
    publish(event) {
      published += 1;
      const entry: PublishedEvent = { id: `${feedName}-${published}`, atMs: clock.nowMs(), event };
      kept.push(entry);
      if (kept.length > keptEvents) kept.shift();
      for (const listener of listeners) listener(entry);
    },
    subscribe(listener) {
      const subscription: EventListener = (entry) => listener(entry);
      listeners.add(subscription);
      return () => void listeners.delete(subscription);
    },
    since(id) {
      const index = kept.findIndex((entry) => entry.id === id);
      return kept.slice(index + 1);
    },
  };
}
