/*
 * The recent latencies of one node, to know when an answer is late. Keeps a fixed number of samples and
 * looks through them now and then, not on each question.
 */

const SAMPLES = 256;
const SAMPLES_BETWEEN_LOOKS = 64;
/** The p99 of a full window is the third slowest of it. */
const SLOWEST_KEPT = 3;

/** A sliding window of latencies. */
export class LatencyWindow {
  readonly #samplesMs = new Float64Array(SAMPLES);
  #count = 0;
  #p99Ms: number;

  /** `initialMs` is answered until there are enough samples to say better. */
  constructor(initialMs: number) {
    this.#p99Ms = initialMs;
  }

  /** Adds one measured latency. */
  record(latencyMs: number): void {
    this.#samplesMs[this.#count % SAMPLES] = latencyMs;
    this.#count += 1;
    if (this.#count % SAMPLES_BETWEEN_LOOKS === 0) this.#refresh();
  }

  /** The latency that 99 of 100 recent calls stayed under, in milliseconds. */
  get p99Ms(): number {
    return this.#p99Ms;
  }

  #refresh(): void {
    const filled = Math.min(this.#count, SAMPLES);
    const slowestMs = new Float64Array(SLOWEST_KEPT).fill(-Infinity);
    for (let index = 0; index < filled; index += 1) insert(slowestMs, this.#samplesMs[index] ?? 0);
    this.#p99Ms = slowestMs[filled - Math.ceil(filled * 0.99)] ?? this.#p99Ms;
  }
}

/** Keeps the largest values, the largest first. */
function insert(largest: Float64Array, value: number): void {
  let held = value;
  for (let index = 0; index < largest.length; index += 1) {
    const other = largest[index] ?? -Infinity;
    if (held > other) {
      largest[index] = held;
      held = other;
    }
  }
}
