/*
 * How far a fetch is, for whoever asks, and as events now and then.
 */
import type { FetchProgress } from '@trolley/cluster';
import type { NodeEvents } from '../repair/node-events.ts';

/** A fetch tells of its progress at most so often, evenly spread. */
const EVENTS_MAX = 20;

/** The progress of one fetch. */
export class FetchTracker {
  readonly #events: NodeEvents;
  readonly #epoch: number;
  readonly #groups: number;
  #groupsDone = 0;
  #groupsTold = 0;
  #recordsLearned = 0;

  /** Begins, and tells so when there is anything to fetch. */
  constructor(events: NodeEvents, epoch: number, groups: number) {
    this.#events = events;
    this.#epoch = epoch;
    this.#groups = groups;
    if (groups > 0) this.#publish('move-started');
  }

  get progress(): FetchProgress {
    return { groups: this.#groups, groupsDone: this.#groupsDone, recordsLearned: this.#recordsLearned };
  }

  learned(): void {
    this.#recordsLearned += 1;
  }

  /** So many groups are here now. */
  done(groups: number): void {
    this.#groupsDone = Math.min(groups, this.#groups);
    const isWorthTelling = this.#groupsDone - this.#groupsTold >= this.#groups / EVENTS_MAX;
    if (isWorthTelling && this.#groupsDone < this.#groups) this.#publish('move-progress');
  }

  /** Everything is here. */
  end(): void {
    this.#groupsDone = this.#groups;
    if (this.#groups > 0) this.#publish('move-ended');
  }

  #publish(type: 'move-started' | 'move-progress' | 'move-ended'): void {
    this.#groupsTold = this.#groupsDone;
    this.#events.publish({ type, epoch: this.#epoch, groups: this.#groups, groupsDone: this.#groupsDone });
  }
}
