/*
 * Settles anew what this node may offer when it was away for long without having been restarted: cut off, frozen, or
 * holding what others own. By each new map it is settled again, before the node answers anybody who works by that map:
 * a reader who merged what is here with what the others forgot would bring it back (answer-batch.ts).
 */
import type { Clock, Registry, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { RepairService } from './repair-service.ts';

const POLL_MS = 1_000;

/** What watching works with. */
export interface AbsenceWatchOptions {
  readonly registry: Registry;
  readonly repair: Pick<RepairService, 'doubtfulSinceMs' | 'isInDoubt' | 'settleAbsence'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once it is settled: groups may have to be fetched. */
  readonly onSettled: () => void;
}

/** Watches until it is stopped. */
export class AbsenceWatch {
  readonly #options: AbsenceWatchOptions;
  readonly #stopWatching: () => void;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: AbsenceWatchOptions) {
    this.#options = options;
    this.#stopWatching = options.registry.onChange(() => this.#look());
    this.#look();
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    await this.#running;
  }

  #look(): void {
    const { registry, repair, clock } = this.#options;
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = clock.after(POLL_MS, () => this.#look());
    const epoch = registry.view.stored?.map.epoch;
    const sinceMs = repair.doubtfulSinceMs;
    if (this.#running !== undefined || epoch === undefined || sinceMs === undefined || !repair.isInDoubt(epoch)) return;
    this.#running = this.#settle(sinceMs).finally(() => (this.#running = undefined));
  }

  async #settle(sinceMs: number): Promise<void> {
    const { repair, logger, onSettled } = this.#options;
    try {
      await repair.settleAbsence(sinceMs);
      onSettled();
    } catch (error) {
      logger.error({ err: error }, 'what may have been deleted for good could not be set aside; serving nothing');
    }
  }
}
