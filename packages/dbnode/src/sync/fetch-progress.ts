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
  readonly #left: Set<number>;
  #groupsTold = 0;
  #recordsLearned = 0;

  /** Begins, and tells so when there is anything to fetch. */
  constructor(events: NodeEvents, epoch: number, groups: Iterable<number>) {
    this.#events = events;
    this.#epoch = epoch;
    this.#left = new Set(groups);
    this.#groups = this.#left.size;
    if (this.#groups > 0) this.#publish('move-started');
  }

  get progress(): FetchProgress {
    return {
      epoch: this.#epoch,
      groups: this.#groups,
      groupsDone: this.#groupsDone,
      groupsLeft: [...this.#left],
      recordsLearned: this.#recordsLearned,
    };
  }

  get #groupsDone(): number {
    return this.#groups - this.#left.size;
  }

  learned(): void {
    this.#recordsLearned += 1;
  }

  /** All of this group is here now; telling so again changes nothing. */
  done(group: number): void {
    this.#left.delete(group);
    const isWorthTelling = this.#groupsDone - this.#groupsTold >= this.#groups / EVENTS_MAX;
    if (isWorthTelling && this.#groupsDone < this.#groups) this.#publish('move-progress');
  }

  /** Everything is here. */
  end(): void {
    this.#left.clear();
    if (this.#groups > 0) this.#publish('move-ended');
  }

  #publish(type: 'move-started' | 'move-progress' | 'move-ended'): void {
    this.#groupsTold = this.#groupsDone;
    this.#events.publish({ type, epoch: this.#epoch, groups: this.#groups, groupsDone: this.#groupsDone });
  }
}
