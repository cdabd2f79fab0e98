/*
 * Work that nobody waits for: tidying up after an answer was given. Bounded: one task under each name, and so many in
 * all; what finds no room is left out, since whoever comes by next does it. Failures are logged, never thrown.
 */
import type { Logger } from 'pino';

/** Tasks at a time. */
const TASKS_MAX = 1_000;

/** Runs tasks that nobody waits for. */
export class Background {
  readonly #logger: Logger;
  readonly #running = new Map<string, Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Starts the task, unless one of that name is under way or there are too many; whether it did. */
  run(name: string, task: () => Promise<unknown>): boolean {
    if (this.#running.has(name) || this.#running.size >= TASKS_MAX) return false;
    const running = this.#attend(name, task).finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return true;
  }

  /** Resolves when none is left, also of those that these start. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #attend(name: string, task: () => Promise<unknown>): Promise<void> {
    // Begins only after the caller has gone on.
    await Promise.resolve();
    try {
      await task();
    } catch (error) {
      this.#logger.warn({ task: name, err: error }, 'tidying up failed; whoever comes by next does it');
    }
  }
}
