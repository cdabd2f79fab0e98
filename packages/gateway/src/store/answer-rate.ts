/*
 * How many operations a node answers each second, from the count that it tells again and again. Pure.
 */

/** What is older says little of now. */
const WINDOW_MS = 5_000;
/** Over less, a rate is noise. */
const SPAN_MIN_MS = 400;
/** More samples than a window has at the busiest pace; the oldest go. */
const SAMPLES_MAX = 50;

interface Sample {
  readonly count: number;
  readonly atMs: number;
}

/** The rate of one node. */
export class AnswerRate {
  #samples: Sample[] = [];

  /** Takes note of what the node has answered since it started. */
  note(count: number, atMs: number): void {
    const last = this.#samples.at(-1);
    // The node was started again.
    if (last !== undefined && count < last.count) this.#samples = [];
    this.#samples.push({ count, atMs });
    // One sample older than the window is kept, for the rate to span all of it.
    while (this.#samples.length > SAMPLES_MAX || (this.#samples[1]?.atMs ?? atMs) < atMs - WINDOW_MS) {
      this.#samples.shift();
    }
  }

  /** Undefined until there are two samples that are far enough apart. */
  get perSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < SPAN_MIN_MS) return undefined;
    return Math.round(((last.count - first.count) * 10_000) / (last.atMs - first.atMs)) / 10;
  }
}
