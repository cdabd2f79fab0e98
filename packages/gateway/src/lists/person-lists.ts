/*
 * What each person has reserved and ordered, as lists that lead to it: `reservation:ID` and `order:ID`. An entry is
 * added before what it leads to is made, and taken out after that is gone, so the list may name too much but never
 * too little: whoever reads it asks what each entry leads to.
 */
import type { Clock } from '@trolley/cluster';
import { listOf, personKey, recall, type Once } from '@trolley/records';
import type { Store } from '../store.ts';
import { KeyReusedError, type ListWriter } from './list-writer.ts';

/** What an entry leads to. */
export type EntryKind = 'reservation' | 'order';

/** An entry of a person's list. */
export interface PersonEntry {
  readonly id: string;
  /** When it was added last, by the clock of the gateway that did. */
  readonly sinceSeconds: number;
}

/** An entry that leads nowhere for so long is taken out: whoever added it has made what it leads to, or never will. */
export const ENTRY_UNCONFIRMED_MAX_MS = 600_000;

/** Reads and writes the lists. */
export class PersonLists {
  readonly #store: Store;
  readonly #writer: ListWriter;
  readonly #clock: Clock;

  constructor({ store, writer, clock }: { store: Store; writer: ListWriter; clock: Clock }) {
    this.#store = store;
    this.#writer = writer;
    this.#clock = clock;
  }

  /**
   * Adds entries, or renews them. With `once` the list remembers the request as well.
   *
   * @throws ListFullError, KeyReusedError, StoreError
   */
  async add(email: string, kind: EntryKind, ids: readonly string[], requestId: string, once?: Once): Promise<void> {
    const seconds = Math.floor(this.#clock.nowMs() / 1_000);
    const entries = ids.map((id) => [`${kind}:${id}`, seconds] as const);
    const isNew = once !== undefined && (await this.#writer.addOnce(personKey(email), entries, requestId, once));
    // The entries of a request that was sent before may have been taken out since.
    if (!isNew) await this.#writer.add(personKey(email), entries, requestId);
  }

  /** Whether a key may be used for this request, by what the list remembers. @throws KeyReusedError, StoreError */
  async check(email: string, once: Once, requestId: string): Promise<void> {
    const { record } = await this.#store.read(personKey(email), { strict: true, requestId });
    if (recall(record, once, this.#clock.nowMs()) === 'reused') throw new KeyReusedError();
  }

  /** Takes out those of the entries that were not added anew since. @throws StoreError */
  async remove(email: string, kind: EntryKind, entries: readonly PersonEntry[], requestId: string): Promise<void> {
    const lines = entries.map(({ id, sinceSeconds }) => [`${kind}:${id}`, sinceSeconds] as const);
    await this.#writer.remove(personKey(email), lines, requestId);
  }

  /** The entries of one kind. @throws StoreError */
  async read(email: string, kind: EntryKind, requestId: string): Promise<readonly PersonEntry[]> {
    const { record } = await this.#store.read(personKey(email), { strict: true, requestId });
    const prefix = `${kind}:`;
    return [...listOf(record)]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, sinceSeconds]) => ({ id: name.slice(prefix.length), sinceSeconds }));
  }
}
