/*
 * Since when every replica has a tombstone. Starts anew with the process, and with each change of the record: a node
 * that restarts waits the whole time once more. In memory and bounded; decides nothing but whether the time has come.
 */
import {
  contextTextOf,
  isDeletedText,
  textRemembersUntilMs,
  type ContextText,
  type RecordText,
} from '@trolley/records';

/** Tombstones watched at once; more wait for their turn. */
const WATCHED_MAX = 100_000;

interface Watched {
  readonly context: ContextText;
  readonly sinceMs: number;
  readonly remembersUntilMs: number;
}

/** What time it is: the one that only goes forward to wait by, the wall clock for what records remember. */
export interface Moment {
  readonly monotonicMs: number;
  readonly nowMs: number;
}

/** The tombstones that every replica was found to have. */
export class TombstoneWatch {
  readonly #graceMs: number;
  readonly #watched = new Map<string, Watched>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /**
   * Every replica was found to have exactly this record, or to have accepted exactly this of a register, now.
   * @returns whether it has been so for the grace time, and no request that it remembers can be sent again.
   */
  agreed(key: string, text: RecordText, { monotonicMs, nowMs }: Moment): boolean {
    const watched = this.#watched.get(key);
    const context = contextTextOf(text);
    if (watched?.context === context) {
      return monotonicMs - watched.sinceMs >= this.#graceMs && nowMs > watched.remembersUntilMs;
    }
    this.#watched.delete(key);
    if (isDeletedText(text) && this.#watched.size < WATCHED_MAX) {
      this.#watched.set(key, { context, sinceMs: monotonicMs, remembersUntilMs: textRemembersUntilMs(text) });
    }
    return false;
  }

  /** Watches only keys that are still tombstones of this node to watch. */
  keep(isWanted: (key: string) => boolean): void {
    for (const key of this.#watched.keys()) if (!isWanted(key)) this.#watched.delete(key);
  }
}
