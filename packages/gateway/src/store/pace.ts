/*
 * The pace of something that advances, from its last seconds, to say how long the rest will take.
 */
import type { Clock } from '@trolley/cluster';

/** How much of the past counts: long enough to smooth a pause, short enough to follow a change of the throttle. */
const WINDOW_MS = 30_000;
const SAMPLES_MAX = 120;

interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** Remembers how far something was, and when. */
export class Pace {
  readonly #clock: Clock;
  #what: unknown;
  #samples: Sample[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes how much is done of `what`; another one than the last starts anew. */
  note(what: unknown, done: number): void {
    if (what !== this.#what) this.#samples = [];
    this.#what = what;
    const atMs = this.#clock.monotonicMs();
    this.#samples = [...this.#samples, { atMs, done }].filter((sample) => atMs - sample.atMs <= WINDOW_MS);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
  }

  /** Seconds until `left` more is done, at the pace of late; undefined while nothing advances. */
  secondsFor(left: number): number | undefined {
    const first = this.#samples.at(0);
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.done <= first.done) return undefined;
    const perMs = (last.done - first.done) / (last.atMs - first.atMs);
    return Math.ceil(left / perMs / 1_000);
  }
}
