/*
 * For how long every replica has had a tombstone. Starts anew with each change of the record. Goes on, after a
 * restart, from what was noted before; the time in between counts for nothing, nor what was noted of another record.
 * Bounded; decides nothing but whether the time has come.
 */
import {
  contextTextOf,
  isDeletedText,
  textRemembersUntilMs,
  type ContextText,
  type RecordText,
} from '@trolley/records';
import type { TombstoneWait } from '../engine.ts';

/** Tombstones watched at once; more wait for their turn. */
const WATCHED_MAX = 100_000;

interface Watched {
  readonly context: ContextText;
  /** Of this process's clock, or so much before as the tombstone had waited when the process began. */
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
  /** Noted before this process began, and not found on every replica since. */
  readonly #noted = new Map<string, TombstoneWait>();

  /** @param noted the waits of an earlier process. */
  constructor(graceMs: number, noted: readonly TombstoneWait[] = []) {
    this.#graceMs = graceMs;
    for (const wait of noted.slice(0, WATCHED_MAX)) this.#noted.set(wait.key, wait);
  }

  /** How many waits are to be noted. */
  get size(): number {
    return this.#watched.size + this.#noted.size;
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
    const waitedMs = this.#takeNoted(key, context);
    if (isDeletedText(text) && this.size < WATCHED_MAX) {
      this.#watched.set(key, {
        context,
        sinceMs: monotonicMs - waitedMs,
        remembersUntilMs: textRemembersUntilMs(text),
      });
    }
    return false;
  }

  /** Watches only keys that are still tombstones of this node to watch. */
  keep(isWanted: (key: string) => boolean): void {
    for (const key of this.#watched.keys()) if (!isWanted(key)) this.#watched.delete(key);
    for (const key of this.#noted.keys()) if (!isWanted(key)) this.#noted.delete(key);
  }

  /** What to note, for a process that begins later. */
  *waits(monotonicMs: number): Generator<TombstoneWait> {
    for (const [key, { context, sinceMs }] of this.#watched) {
      yield { key, context, waitedMs: monotonicMs - sinceMs };
    }
    yield* this.#noted.values();
  }

  /** What was noted of this very record, once: from then on it is part of the wait. */
  #takeNoted(key: string, context: ContextText): number {
    const noted = this.#noted.get(key);
    this.#noted.delete(key);
    return noted?.context === context ? noted.waitedMs : 0;
  }
}
