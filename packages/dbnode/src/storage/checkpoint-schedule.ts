/*
 * When checkpoints happen: when asked, and by itself when the journal has grown long enough. One at a
 * time; one that failed in the background is tried again after a while.
 */
import type { Clock, Timer } from '@trolley/cluster';
import type { Checkpointer } from './checkpoint.ts';
import { SyncFailedError } from './disk.ts';
import type { EngineLogger } from './engine-options.ts';
import type { Journal } from './journal.ts';

/** What the schedule works with. */
export interface CheckpointScheduleOptions {
  readonly checkpointer: Checkpointer;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: EngineLogger;
  readonly checkpointJournalBytes: number;
  readonly checkpointDataShare: number;
  /** Characters of all records: about as long as what a checkpoint writes. */
  readonly dataCharacters: () => number;
  readonly checkpointRetryMs: number;
  /** Called when a flush failed, which is the end of the engine. */
  readonly onFailed: (error: Error) => void;
}

/** The checkpoints of one engine. */
export class CheckpointSchedule {
  readonly #options: CheckpointScheduleOptions;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #retryTimer: Timer | undefined;
  #isStopped = false;

  constructor(options: CheckpointScheduleOptions) {
    this.#options = options;
  }

  /** Checkpoints since the start. */
  get finished(): number {
    return this.#options.checkpointer.finished;
  }

  /**
   * Writes a checkpoint of at least all that is durable now. Callers who ask while one is running share
   * the next one.
   */
  async run(): Promise<void> {
    await (this.#running === undefined ? this.#start() : (this.#next ??= this.#startAfter(this.#running)));
  }

  /** To be called after each commit: starts a checkpoint in the background when one is due. */
  onCommitted(): void {
    const { journal, checkpointJournalBytes, checkpointDataShare, dataCharacters } = this.#options;
    if (this.#isStopped || this.#running !== undefined || this.#retryTimer !== undefined) return;
    // Writes to many records change all groups. Begun after as many bytes of journal as it writes itself, a checkpoint
    // costs each write the same, however much is stored.
    const dueBytes = Math.max(checkpointJournalBytes, checkpointDataShare * dataCharacters());
    if (journal.bytes >= dueBytes) void this.#runInBackground();
  }

  /** Starts no more by itself; resolves when none is running. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retryTimer?.cancel();
    await this.#running?.catch(() => undefined);
    await this.#next?.catch(() => undefined);
  }

  async #runInBackground(): Promise<void> {
    const { clock, logger, checkpointRetryMs } = this.#options;
    try {
      await this.#start();
    } catch (error) {
      logger.warn({ err: error }, 'the checkpoint failed; the journal keeps everything, and it is tried again');
      this.#retryTimer = clock.after(checkpointRetryMs, () => {
        this.#retryTimer = undefined;
        this.onCommitted();
      });
    }
  }

  async #startAfter(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined);
    this.#next = undefined;
    await this.#start();
  }

  async #start(): Promise<void> {
    const running = this.#checkpoint().finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    await running;
  }

  async #checkpoint(): Promise<void> {
    const { checkpointer, clock, logger, onFailed } = this.#options;
    const startedMs = clock.monotonicMs();
    try {
      await checkpointer.run();
    } catch (error) {
      if (error instanceof SyncFailedError) onFailed(error);
      throw error;
    }
    logger.info({ tookMs: Math.round(clock.monotonicMs() - startedMs) }, 'checkpoint written');
  }
}
