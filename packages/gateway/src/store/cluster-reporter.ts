/*
 * Tells how the cluster is, whenever someone asks, and measures meanwhile how fast data moves.
 */
import type { Clock } from '@trolley/cluster';
import type { ClusterOverview, ClusterStatus, GroupOverview } from '../cluster-overview.ts';
import { groupsOf, overviewOf, progressOf, type ClusterKnowledge } from './overview.ts';
import { totalOf } from './move-progress.ts';
import { Pace } from './pace.ts';

/** How often progress is noted: it is worked out from all placement groups, and nodes tell of theirs all the time. */
const NOTE_INTERVAL_MS = 200;

/** What the other parts of the store know at this moment. */
type Gathered = Omit<ClusterKnowledge, 'nowMs' | 'secondsFor'>;

/** The status port on what the store knows. */
export class ClusterReporter implements ClusterStatus {
  readonly #clock: Clock;
  readonly #gather: () => Gathered;
  readonly #pace: Pace;
  #notedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, gather: () => Gathered) {
    this.#clock = clock;
    this.#gather = gather;
    this.#pace = new Pace(clock);
  }

  overview(): ClusterOverview {
    return overviewOf(this.#knowledge());
  }

  groups(): readonly GroupOverview[] {
    return groupsOf(this.#knowledge());
  }

  /** Takes note of how far the data is that moves; nothing while none does. */
  notePace(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#notedMs < NOTE_INTERVAL_MS) return;
    this.#notedMs = nowMs;
    const gathered = this.#gather();
    const map = gathered.view.stored?.map;
    if (map?.previousNodes === undefined) return;
    this.#pace.note(map.epoch, totalOf(progressOf(gathered).values()).groupsDone);
  }

  #knowledge(): ClusterKnowledge {
    return {
      ...this.#gather(),
      nowMs: this.#clock.nowMs(),
      secondsFor: (groups) => this.#pace.secondsFor(groups),
    };
  }
}
