/*
 * The nodes that may have missed writes: those that came back, and those that a write did not reach.
 * Reads ask them too, without waiting for them, so that the first read of a key repairs what they
 * missed. In quiet times a read costs no more than its quorum.
 */
import type { Clock } from '@trolley/cluster';

/** A node that is gone and still registered misses every write: one line a second is enough to tell. */
const NEWS_INTERVAL_MS = 1_000;

/** Remembers for some time which nodes reads should look at. */
export class WatchedNodes {
  readonly #clock: Clock;
  readonly #watchMs: number;
  readonly #untilMs = new Map<string, number>();
  readonly #nextNewsMs = new Map<string, number>();

  constructor(clock: Clock, watchMs: number) {
    this.#clock = clock;
    this.#watchMs = watchMs;
  }

  /** Starts, or prolongs, the watch on a node. */
  watch(nodeId: string): void {
    this.#untilMs.set(nodeId, this.#clock.monotonicMs() + this.#watchMs);
  }

  /** Whether a miss of this node is worth a line in the log; true once in a while. */
  isNewsOf(nodeId: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < (this.#nextNewsMs.get(nodeId) ?? -Infinity)) return false;
    this.#nextNewsMs.set(nodeId, nowMs + NEWS_INTERVAL_MS);
    return true;
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
