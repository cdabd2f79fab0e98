/*
 * The nodes that may have missed writes: those that came back, and those that a write did not reach.
 * Reads ask them too, without waiting for them, so that the first read of a key repairs what they
 * missed. In quiet times a read costs no more than its quorum.
 */
import type { Clock } from '@trolley/cluster';

/** Remembers for some time which nodes reads should look at. */
export class WatchedNodes {
  readonly #clock: Clock;
  readonly #watchMs: number;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock, watchMs: number) {
    this.#clock = clock;
    this.#watchMs = watchMs;
  }

  /** Starts, or prolongs, the watch on a node. */
  watch(nodeId: string): void {
    this.#untilMs.set(nodeId, this.#clock.monotonicMs() + this.#watchMs);
  }

  /** Whether reads should ask this node on top of their quorum. */
  isWatched(nodeId: string): boolean {
    const untilMs = this.#untilMs.get(nodeId);
    if (untilMs === undefined) return false;
    if (untilMs > this.#clock.monotonicMs()) return true;
    this.#untilMs.delete(nodeId);
    return false;
  }
}
