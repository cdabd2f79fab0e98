/*
 * The lists of work that is under way, `open:0` to `open:15`: whatever takes several steps is noted here before the
 * first and struck off after the last, so that a gateway's death in between leaves a trace. An entry is named after
 * its kind and an id that is used once, such as `bundle:ID`.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '@trolley/cluster';
import { listOf, openKey } from '@trolley/records';
import { StoreError, type Store } from '../store.ts';
import { ListFullError, type ListWriter } from './list-writer.ts';

/** More let more gateways note work at the same time; each is one more read in each sweep. */
export const OPEN_LISTS = 16;

/** An entry that was found. */
export interface OpenEntry {
  readonly name: string;
  /** When it was noted, by the clock of the gateway that did. */
  readonly sinceSeconds: number;
}

/** Notes and finds work that is under way. */
export class OpenWork {
  readonly #store: Store;
  readonly #writer: ListWriter;
  readonly #clock: Clock;

  constructor({ store, writer, clock }: { store: Store; writer: ListWriter; clock: Clock }) {
    this.#store = store;
    this.#writer = writer;
    this.#clock = clock;
  }

  /** Notes that this is under way. @throws StoreError: OVERLOADED when so much is that nothing can be added */
  async note(name: string, requestId: string): Promise<void> {
    try {
      await this.#writer.add(openKeyOf(name), [[name, this.nowSeconds()]], requestId);
    } catch (error) {
      if (!(error instanceof ListFullError)) throw error;
      throw new StoreError('OVERLOADED', `too much is under way, nothing was changed: ${error.message}`);
    }
  }

  /** Strikes it off, unless it was noted anew after the given second. @throws StoreError */
  async strike(name: string, requestId: string, notedUntilSeconds = this.nowSeconds()): Promise<void> {
    await this.#writer.remove(openKeyOf(name), [[name, notedUntilSeconds]], requestId);
  }

  /** What one of the lists holds. @throws StoreError */
  async entriesOf(list: number, requestId: string): Promise<readonly OpenEntry[]> {
    const { record } = await this.#store.read(openKey(list), { requestId });
    return [...listOf(record)].map(([name, sinceSeconds]) => ({ name, sinceSeconds }));
  }

  nowSeconds(): number {
    return Math.floor(this.#clock.nowMs() / 1_000);
  }
}

function openKeyOf(name: string): string {
  return openKey(createHash('sha256').update(name).digest().readUInt32BE() % OPEN_LISTS);
}
