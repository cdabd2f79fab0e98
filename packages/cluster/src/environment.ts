/*
 * What the outside world gives a node or a gateway, as arguments: time and chance. Only the files that
 * wrap them touch Date.now, timers and Math.random, so that one process can simulate a whole cluster.
 */

/** A timer that can be called off. */
export interface Timer {
  cancel(): void;
}

/** Time as the program sees it. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970; may jump. */
  nowMs(): number;
  /** Time in milliseconds that only goes forward, for measuring how long something took. */
  monotonicMs(): number;
  /** Runs the callback once after the delay. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}

/** Chance as the program sees it: a number in [0, 1). */
export type Random = () => number;
