/*
 * The recent latencies of one node, to know when an answer is late. Keeps a fixed number of samples and
 * sorts them now and then, not on each question.
 */

const SAMPLES = 256;
const SAMPLES_BETWEEN_SORTS = 64;

/** A sliding window of latencies. */
export class LatencyWindow {
  readonly #samplesMs = new Float64Array(SAMPLES);
  readonly #initialMs: number;
  #count = 0;
  #p99Ms: number;

  /** `initialMs` is answered until there are enough samples to say better. */
  constructor(initialMs: number) {
    this.#initialMs = initialMs;
    this.#p99Ms = initialMs;
  }

  /** Adds one measured latency. */
  record(latencyMs: number): void {
    this.#samplesMs[this.#count % SAMPLES] = latencyMs;
    this.#count += 1;
    if (this.#count % SAMPLES_BETWEEN_SORTS === 0) this.#refresh();
  }

  /** The latency that 99 of 100 recent calls stayed under, in milliseconds. */
  get p99Ms(): number {
    return this.#p99Ms;
  }

  #refresh(): void {
    const filled = Math.min(this.#count, SAMPLES);
    const sorted = this.#samplesMs.slice(0, filled).toSorted();
    this.#p99Ms = sorted[Math.ceil(filled * 0.99) - 1] ?? this.#initialMs;
  }
}
