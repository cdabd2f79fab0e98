/*
 * Puts work together: what comes in while a batch is under way, or in the same turn of the event loop, is the next
 * batch. One batch is under way at a time.
 */

interface Waiter<Work, Result> {
  readonly work: Work;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Does work in batches. */
export class Gatherer<Work, Result> {
  readonly #doAll: (works: readonly Work[]) => Promise<readonly Result[]>;
  #waiting: Waiter<Work, Result>[] = [];
  #isBusy = false;

  /** @param doAll does a batch; resolves to a result for each piece of work, in their order */
  constructor(doAll: (works: readonly Work[]) => Promise<readonly Result[]>) {
    this.#doAll = doAll;
  }

  /** Does this piece of work with the next batch. */
  do(work: Work): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      setImmediate(() => void this.#doWaiting());
    });
  }

  async #doWaiting(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const results = await this.#doAll(batch.map(({ work }) => work));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#isBusy = this.#waiting.length > 0;
    if (this.#isBusy) setImmediate(() => void this.#doWaiting());
  }
}
