/*
 * The nodes that may have missed writes: those that came back, and those that a write did not reach.
 * Reads ask them too, without waiting for them, so that the first read of a key repairs what they
 * missed. In quiet times a read costs no more than its quorum.
 */
import type { Clock } from '@trolley/cluster';

/** For how long nodes are watched. */
export interface WatchTimes {
  /** While nothing is heard of its being in step. */
  readonly watchMs: number;
  /** What a node missed has come to the others within this time; that it is in step with them counts only from then on. */
  readonly settleMs: number;
}

interface Watch {
  readonly untilMs: number;
  /** A node that was in step with the others after this is watched no more. */
  readonly settledMs: number;
}

/** Remembers which nodes reads should look at. */
export class WatchedNodes {
  readonly #clock: Clock;
  readonly #times: WatchTimes;
  readonly #watches = new Map<string, Watch>();

  constructor(clock: Clock, times: WatchTimes) {
    this.#clock = clock;
    this.#times = times;
  }

  /** How many are watched. */
  get count(): number {
    return [...this.#watches.keys()].filter((id) => this.isWatched(id)).length;
  }

  /** Starts, or prolongs, the watch on a node. */
  watch(nodeId: string): void {
    const nowMs = this.#clock.monotonicMs();
    const { watchMs, settleMs } = this.#times;
    this.#watches.set(nodeId, { untilMs: nowMs + watchMs, settledMs: nowMs + settleMs });
  }

  /** A node holds all that the other replicas held at that time, by the monotonic clock. */
  inStep(nodeId: string, asOfMs: number): void {
    const watch = this.#watches.get(nodeId);
    if (watch !== undefined && asOfMs > watch.settledMs) this.#watches.delete(nodeId);
  }

  /** Whether reads should ask this node on top of their quorum. */
  isWatched(nodeId: string): boolean {
    const watch = this.#watches.get(nodeId);
    if (watch === undefined) return false;
    if (watch.untilMs > this.#clock.monotonicMs()) return true;
    this.#watches.delete(nodeId);
    return false;
  }
}
