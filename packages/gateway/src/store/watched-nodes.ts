/*
 * The nodes that may have missed writes: those that came back, and those that a write did not reach.
 * Reads ask them too, without waiting for them, so that the first read of a key repairs what they
 * missed. In quiet times a read costs no more than its quorum.
 */
import type { Clock, NodeStatus } from '@trolley/cluster';

/** For how long nodes are watched. */
export interface WatchTimes {
  /** While nothing is heard of its being in step. */
  readonly watchMs: number;
  /** What a node missed has come to the others within this time; that it is in step with them counts only from then on. */
  readonly settleMs: number;
}

interface Watch {
  readonly untilMs: number;
  readonly settledMs: number;
  /** What the node's clock told first after that; what it held before does not count. */
  settledByItsClockMs?: number;
}

/** Remembers for some time which nodes reads should look at. */
export class WatchedNodes {
  readonly #clock: Clock;
  readonly #times: WatchTimes;
  readonly #watches = new Map<string, Watch>();

  constructor(clock: Clock, times: WatchTimes) {
    this.#clock = clock;
    this.#times = times;
  }

  /** Starts, or prolongs, the watch on a node. */
  watch(nodeId: string): void {
    const nowMs = this.#clock.monotonicMs();
    const { watchMs, settleMs } = this.#times;
    this.#watches.set(nodeId, { untilMs: nowMs + watchMs, settledMs: nowMs + settleMs });
  }

  /**
   * A node has answered what it was asked at that time. Times of a node are compared with each other alone: its clock may
   * stand still while the machine does.
   */
  heard(
    nodeId: string,
    { clockMs, inStepAsOfMs }: Pick<NodeStatus, 'clockMs' | 'inStepAsOfMs'>,
    askedAtMs: number,
  ): void {
    const watch = this.#watches.get(nodeId);
    if (watch === undefined || clockMs === undefined || askedAtMs < watch.settledMs) return;
    watch.settledByItsClockMs ??= clockMs;
    if ((inStepAsOfMs ?? -Infinity) > watch.settledByItsClockMs) this.#watches.delete(nodeId);
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
