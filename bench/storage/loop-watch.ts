/*
 * How long the event loop of this process was held: the longest time between two turns while it was watched, and how
 * much of that the process itself computed. The two differ when others want the processor.
 */

/** The longest hold that was seen. */
export interface LongestHold {
  readonly wallMs: number;
  /** The longest by processor time: no more than what passed, nor than what all threads of this process used meanwhile. */
  readonly ownMs: number;
}

const TICK_MS = 1;

/** Watches until it is told to stop. */
export class LoopWatch {
  #wallMs = 0;
  #ownMs = 0;
  #lastMs = performance.now();
  #lastCpuMs = cpuMs();
  readonly #timer = setInterval(() => this.#look(), TICK_MS);

  stop(): LongestHold {
    this.#look();
    clearInterval(this.#timer);
    return { wallMs: this.#wallMs, ownMs: this.#ownMs };
  }

  #look(): void {
    const nowMs = performance.now();
    const nowCpuMs = cpuMs();
    const heldMs = Math.max(0, nowMs - this.#lastMs - TICK_MS);
    this.#wallMs = Math.max(this.#wallMs, heldMs);
    this.#ownMs = Math.max(this.#ownMs, Math.min(heldMs, nowCpuMs - this.#lastCpuMs));
    this.#lastMs = nowMs;
    this.#lastCpuMs = nowCpuMs;
  }
}

/** User and system time of this process, all threads, in milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
