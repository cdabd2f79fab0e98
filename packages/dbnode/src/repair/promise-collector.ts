/*
 * Forgets promises of which nothing came: registers that hold nothing else, such as those that somebody asked about and
 * nobody ever wrote. Needs no other node's consent: dropped, such a promise is kept by the floor of the placement group,
 * and a proposer that counts on it after all only has to ask anew.
 */
import { REPAIR_BATCH_MAX, type Clock } from '@trolley/cluster';
import type { RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';

/** Promises watched at once; more wait for their turn. */
const WATCHED_MAX = 100_000;

/** What the collector works with. */
export interface PromiseCollectorOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly graceMs: number;
}

/** Drops what has been nothing but a promise for the grace time. */
export class PromiseCollector {
  readonly #options: PromiseCollectorOptions;
  /** Since when a key was seen to hold nothing else. */
  readonly #sinceMs = new Map<string, number>();

  constructor(options: PromiseCollectorOptions) {
    this.#options = options;
  }

  /** Drops what can go now; resolves when that is on disk. @throws ReadOnlyError */
  async collect(): Promise<void> {
    const { engine, clock, graceMs } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const key of this.#sinceMs.keys()) if (!engine.barePromises.has(key)) this.#sinceMs.delete(key);
    const ripe: string[] = [];
    for (const key of engine.barePromises) {
      const sinceMs = this.#sinceMs.get(key);
      if (sinceMs === undefined && this.#sinceMs.size < WATCHED_MAX) this.#sinceMs.set(key, nowMs);
      if (sinceMs !== undefined && nowMs - sinceMs >= graceMs) ripe.push(key);
      if (ripe.length === REPAIR_BATCH_MAX) break;
    }
    if (ripe.length > 0) await engine.dropRecords(await this.#texts(ripe));
  }

  async #texts(keys: readonly string[]): Promise<readonly (readonly [key: string, text: RecordText])[]> {
    const texts: (readonly [string, RecordText])[] = [];
    for (const key of keys) {
      const { value } = await this.#options.engine.readRecord(key);
      // It may hold more by now.
      if (value !== undefined && this.#options.engine.barePromises.has(key)) texts.push([key, value]);
    }
    return texts;
  }
}
