/*
 * Runs stress tests, one at a time, and keeps the latest run for whoever asks.
 */
import type { Clock, Random, StressRun, StressWish } from '@trolley/cluster';
import { waitFor } from '../pause.ts';
import { beginRun, endRun, noteLine } from './stress-run.ts';
import type { StartStress, StressProcess } from './stress-process.ts';

/** What became of a wish. */
export type StressOutcome =
  | { readonly kind: 'run'; readonly run: StressRun }
  /** A test runs already, or the launcher is not ready or is stopping. */
  | { readonly kind: 'busy' }
  /** It is not the latest run, or there was none. */
  | { readonly kind: 'unknown-run' }
  | { readonly kind: 'ended' };

export interface StressRunnerOptions {
  readonly start: StartStress;
  readonly clock: Clock;
  readonly random: Random;
  /** Where the tests find the cluster; undefined until there is one. */
  readonly gatewayUrl: () => string | undefined;
}

/** Time for a test to remove its items. */
const STOP_GRACE_MS = 10_000;
const KILL_WAIT_MS = 5_000;

/** The one runner of a launcher. */
export class StressRunner {
  readonly #options: StressRunnerOptions;
  #run: StressRun | undefined;
  #process: StressProcess | undefined;
  #requested = false;
  #closed = false;

  constructor(options: StressRunnerOptions) {
    this.#options = options;
  }

  /** Undefined before the first. */
  get latest(): StressRun | undefined {
    return this.#run;
  }

  /** Starts a test. */
  begin(wish: StressWish): StressOutcome {
    const { start, clock, random, gatewayUrl } = this.#options;
    const url = gatewayUrl();
    if (this.#process !== undefined || this.#closed || url === undefined) return { kind: 'busy' };
    const id = `run-${Math.floor(random() * 36 ** 8).toString(36)}`;
    const run = beginRun(wish, id, clock.nowMs());
    this.#run = run;
    this.#requested = false;
    this.#process = start(wish, url, {
      onLine: (line) => {
        if (this.#run?.id === id) this.#run = noteLine(this.#run, line);
      },
      onEnd: (lastError) => this.#onEnd(id, lastError),
    });
    return { kind: 'run', run };
  }

  /** The run, if it is the latest. */
  look(id: string): StressOutcome {
    return this.#run?.id === id ? { kind: 'run', run: this.#run } : { kind: 'unknown-run' };
  }

  /** Has the test end, once its items are removed. */
  stop(id: string): StressOutcome {
    if (this.#run?.id !== id) return { kind: 'unknown-run' };
    if (this.#run.state !== 'running') return { kind: 'ended' };
    // A second request would have it leave its items behind.
    if (!this.#requested) this.#process?.stop();
    this.#requested = true;
    return { kind: 'run', run: this.#run };
  }

  /** Ends what runs, and starts no more. Resolves when it is gone. @param hurry aborts when its items may be left */
  async close(hurry: AbortSignal): Promise<void> {
    this.#closed = true;
    if (this.#run !== undefined) this.stop(this.#run.id);
    if (await this.#gone(STOP_GRACE_MS, hurry)) return;
    this.#process?.kill();
    await this.#gone(KILL_WAIT_MS);
  }

  #onEnd(id: string, lastError: string | undefined): void {
    const run = this.#run;
    if (run?.id !== id) return;
    this.#process = undefined;
    this.#run = endRun(run, { atMs: this.#options.clock.nowMs(), requested: this.#requested, lastError });
  }

  async #gone(timeoutMs: number, hurry?: AbortSignal): Promise<boolean> {
    const look = async () => (this.#process === undefined ? true : undefined);
    return (await waitFor(this.#options.clock, { timeoutMs, intervalMs: 20 }, look, hurry)) === true;
  }
}
