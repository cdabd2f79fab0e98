/*
 * What time it is by another node's monotonic clock, told from its replies. Both clocks run at the same pace, but for
 * what a machine sleeps through; a node that says so is taken at its word again. Pure but for the clock it is given.
 */
import type { Clock } from '../environment.ts';

/** One node's time. */
export class NodeTime {
  readonly #clock: Clock;
  /** The node's clock less the own one, at most. */
  #aheadMs: number | undefined;
  /** The same, at least. */
  #aheadAtLeastMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A reply to what was sent at that own time told the node's time. */
  learn(sentAtMs: number, nodeMs: number): void {
    // Had the reply taken no time at all, the node's clock would be as far ahead as this. It may be less.
    this.#aheadMs = nodeMs - sentAtMs;
    // Had it been told just now, it would be no further ahead than this. It may be more.
    this.#aheadAtLeastMs = nodeMs - this.#clock.monotonicMs();
  }

  /** The node turned away as late what was sent in time: the clocks have moved against each other. */
  forget(): void {
    this.#aheadMs = undefined;
    this.#aheadAtLeastMs = undefined;
  }

  /** The node's time when so much has passed here, or a little later; undefined while it is not known. */
  after(delayMs: number): number | undefined {
    return this.#aheadMs === undefined ? undefined : this.#clock.monotonicMs() + this.#aheadMs + delayMs;
  }

  /** The node's time when so much has passed here, or a little earlier; undefined while it is not known. */
  notAfter(delayMs: number): number | undefined {
    return this.#aheadAtLeastMs === undefined ? undefined : this.#clock.monotonicMs() + this.#aheadAtLeastMs + delayMs;
  }
}
