/*
 * What happened on this node lately: a bounded ring of events with ids that grow, from which gateways read what
 * they have not seen. Kept in memory only; nothing depends on an event having been read.
 */
import type { Clock, NodeEvent, NodeIncident } from '@trolley/cluster';

/** Events kept unless asked otherwise; a reader who comes more seldom than so many events misses some. */
const KEPT_EVENTS = 2_000;

/** Ids start at the time, in ms, times this: those of a process are all newer than those of the one before. */
const IDS_PER_MS = 1_000;

/** The latest events of one node. */
export class NodeEvents {
  readonly #clock: Clock;
  readonly #keptEvents: number;
  readonly #kept: NodeEvent[] = [];
  #last: number;

  constructor(clock: Clock, keptEvents = KEPT_EVENTS) {
    this.#clock = clock;
    this.#keptEvents = keptEvents;
    this.#last = Math.floor(clock.nowMs()) * IDS_PER_MS;
  }

  /** The id of the newest event; when there was none, one that is older than any. */
  get last(): number {
    return this.#last;
  }

  publish(incident: NodeIncident): void {
    this.#last += 1;
    this.#kept.push({ id: this.#last, atMs: this.#clock.nowMs(), ...incident });
    if (this.#kept.length > this.#keptEvents) this.#kept.shift();
  }

  /**
   * Up to `limit` kept events after the one with this id, oldest first. An id that has not been given out yet is one
   * of an earlier process, whose clock was ahead: all that is kept is news then.
   */
  after(id: number, limit: number): readonly NodeEvent[] {
    const seen = id > this.#last ? 0 : id;
    const first = this.#last - this.#kept.length + 1;
    return this.#kept.slice(Math.max(0, seen + 1 - first)).slice(0, limit);
  }
}
