/*
 * Lets work in while the node serves, turns it away before and after, and knows when all that was let in is
 * done. It never cuts work short.
 */
import { ProblemError } from '@trolley/cluster';

/** Where a node is in its life. */
export type Phase = 'starting' | 'serving' | 'stopping';

/** Counts work and turns it away when the node does not serve. */
export class WorkGate {
  #phase: Phase = 'starting';
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];

  get phase(): Phase {
    return this.#phase;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  open(): void {
    if (this.#phase !== 'stopping') this.#phase = 'serving';
  }

  /** Turns new work away from now on. Resolves when the work in flight is done. */
  async close(): Promise<void> {
    this.#phase = 'stopping';
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /**
   * Runs the work and counts it while it lasts.
   *
   * @throws ProblemError 503 NOT_READY when the node does not serve; the work was not started then.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#phase !== 'serving') {
      throw notReady(this.#phase);
    }
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) {
        this.#waiting.splice(0).forEach((resolve) => resolve());
      }
    }
  }
}

function notReady(phase: Phase): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'NOT_READY',
    title: 'The node does not serve now',
    detail: `The node is ${phase}.`,
    // Keep-alive connections to a node that stops would break under a later request.
    headers: { connection: 'close' },
  });
}
