/*
 * When which request is due at a fixed rate. Pure: the time comes in.
 */

/** A request that is due. */
export interface DueRequest {
  /** 0 for the first, counted on. */
  readonly index: number;
  /** When it was due. */
  readonly atMs: number;
}

/** Hands out requests as they become due, each once, none early. */
export class Pacer {
  readonly #intervalMs: number;
  readonly #count: number;
  #beganMs = 0;
  #next = 0;

  constructor(perSecond: number, durationMs: number) {
    this.#intervalMs = 1_000 / perSecond;
    this.#count = Math.round((perSecond * durationMs) / 1_000);
  }

  /** The first request is due at this time. */
  begin(nowMs: number): void {
    this.#beganMs = nowMs;
  }

  /** The earliest request that is due and was not handed out; undefined when there is none. */
  next(nowMs: number): DueRequest | undefined {
    const atMs = this.#beganMs + this.#next * this.#intervalMs;
    if (this.isOver || atMs > nowMs) return undefined;
    const due = { index: this.#next, atMs };
    this.#next += 1;
    return due;
  }

  /** Whether every request was handed out. */
  get isOver(): boolean {
    return this.left === 0;
  }

  /** Requests that were not handed out yet. */
  get left(): number {
    return this.#count - this.#next;
  }
}
