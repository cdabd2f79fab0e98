/*
 * Tells the event feed of replies that fewer replicas stood behind than asked for: one event now and
 * then for each kind of operation, not one for each request, which would push all else out of the feed.
 */
import type { Clock } from '@trolley/cluster';
import type { EventFeed } from '../events.ts';
import type { QuorumReport } from '../store.ts';

const INTERVAL_MS = 1_000;

type Operation = 'read' | 'write' | 'list';

/** Publishes degraded operations at a bounded rate. */
export class DegradedNotice {
  readonly #clock: Clock;
  readonly #events: EventFeed;
  readonly #nextMs = new Map<Operation, number>();

  constructor(clock: Clock, events: EventFeed) {
    this.#clock = clock;
    this.#events = events;
  }

  /** Publishes the report if it is degraded and none of its kind was published just now. */
  consider(operation: Operation, key: string, { degraded, answered, replicas }: QuorumReport): void {
    if (!degraded) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < (this.#nextMs.get(operation) ?? -Infinity)) return;
    this.#nextMs.set(operation, nowMs + INTERVAL_MS);
    this.#events.publish({ type: 'degraded', key, operation, answered, replicas });
  }
}
