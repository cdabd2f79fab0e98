/*
 * Settles anew what this node may offer when it was away for long without having been restarted: cut off, frozen, or
 * holding what others own. It serves nobody meanwhile: a reader who merged what is here with what the others forgot
 * would bring it back. Looks whenever the registry tells of something, as whoever was away has to hear from it first.
 */
import type { Clock, Registry, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { WorkGate } from '../work-gate.ts';
import type { RepairService } from './repair-service.ts';

const RETRY_MS = 1_000;

/** What watching works with. */
export interface AbsenceWatchOptions {
  readonly registry: Registry;
  readonly repair: Pick<RepairService, 'doubtfulSinceMs' | 'settleAbsence'>;
  readonly gate: Pick<WorkGate, 'pause' | 'open'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once it is settled and the node serves again: groups may have to be fetched. */
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
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    await this.#running;
  }

  #look(): void {
    const { registry, repair, gate } = this.#options;
    if (this.#stopped || this.#running !== undefined || !registry.view.connected) return;
    const sinceMs = repair.doubtfulSinceMs;
    if (sinceMs === undefined) return;
    this.#timer?.cancel();
    // At once: in the next step a request may come that was made knowing this node to be back.
    gate.pause();
    this.#running = this.#settle(sinceMs).finally(() => (this.#running = undefined));
  }

  async #settle(sinceMs: number): Promise<void> {
    const { repair, gate, clock, logger, onSettled } = this.#options;
    try {
      await repair.settleAbsence(sinceMs);
    } catch (error) {
      logger.error({ err: error }, 'what may have been deleted for good could not be set aside; serving nothing');
      if (!this.#stopped) this.#timer = clock.after(RETRY_MS, () => this.#look());
      return;
    }
    gate.open();
    onSettled();
  }
}
