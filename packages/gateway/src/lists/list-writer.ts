/*
 * Writes to lists (records: list.ts). All that is asked of one list while a write to it is under way goes out together
 * as the next one: many requests about one person cost few writes. Lists lead to what a crash cut short, so their
 * writes are never made with fewer replicas than a quorum.
 */
import type { Change, Line, Once } from '@trolley/records';
import { StoreError, type Store } from '../store.ts';

/** The list has no room for the entries. */
export class ListFullError extends Error {
  override readonly name = 'ListFullError';
}

/** The Idempotency-Key was used for another request. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
  constructor() {
    super('the idempotency key was used for a different request');
  }
}

type Verb = 'list-add' | 'list-remove';

interface Waiting {
  readonly verb: Verb;
  readonly entries: readonly Line[];
  readonly requestId: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes that wait for one list; more are turned away. */
const WAITING_MAX = 10_000;

/** Adds entries to lists and takes them out. */
export class ListWriter {
  readonly #store: Store;
  /** What waits for each list to which a write is under way. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Adds entries, or renews them. When it resolves they are on disk on a write quorum.
   *
   * @throws ListFullError; StoreError, after which the entries may be there or not
   */
  async add(key: string, entries: readonly Line[], requestId: string): Promise<void> {
    await this.#enqueue(key, 'list-add', entries, requestId);
  }

  /**
   * Adds entries by a write of its own, which the list remembers; adds nothing when it remembers that already.
   *
   * @returns whether they were added
   * @throws as `add`; KeyReusedError when that id was used for something else
   */
  async addOnce(key: string, entries: readonly Line[], requestId: string, once: Once): Promise<boolean> {
    if (entries.length === 0) return false;
    const change: Change = { action: { type: 'list-add', entries }, once };
    const outcome = await this.#store.change(key, change, { strict: true, requestId });
    if (outcome.type !== 'refused') return outcome.type === 'applied';
    if (outcome.code === 'IDEMPOTENCY_KEY_REUSED') throw new KeyReusedError();
    throw new ListFullError(outcome.detail);
  }

  /** Takes entries out that were not added anew since: whose number is no larger than the one given. @throws StoreError */
  async remove(key: string, entries: readonly Line[], requestId: string): Promise<void> {
    await this.#enqueue(key, 'list-remove', entries, requestId);
  }

  async #enqueue(key: string, verb: Verb, entries: readonly Line[], requestId: string): Promise<void> {
    if (entries.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      const wanted = { verb, entries, requestId, resolve, reject };
      const waiting = this.#waiting.get(key);
      if (waiting === undefined) {
        this.#waiting.set(key, [wanted]);
        void this.#drain(key);
      } else if (waiting.length < WAITING_MAX) {
        waiting.push(wanted);
      } else {
        reject(new StoreError('OVERLOADED', `too many writes wait for the list ${key}; nothing was changed`));
      }
    });
  }

  async #drain(key: string): Promise<void> {
    for (let next = this.#take(key); next.length > 0; next = this.#take(key)) {
      const removals = next.filter(({ verb }) => verb === 'list-remove');
      const additions = next.filter(({ verb }) => verb === 'list-add');
      // What is added now was asked for after what is removed now, or is about other entries.
      if (removals.length > 0) await this.#write(key, 'list-remove', removals);
      if (additions.length > 0) await this.#write(key, 'list-add', additions);
    }
    this.#waiting.delete(key);
  }

  #take(key: string): readonly Waiting[] {
    return this.#waiting.get(key)?.splice(0) ?? [];
  }

  async #write(key: string, type: Verb, together: readonly Waiting[]): Promise<void> {
    try {
      await this.#change(key, { action: { type, entries: together.flatMap(({ entries }) => entries) } }, together);
      for (const { resolve } of together) resolve();
    } catch (error) {
      if (error instanceof ListFullError && together.length > 1) {
        // Some of them may still find room.
        for (const one of together) await this.#write(key, type, [one]);
      } else {
        for (const { reject } of together) reject(error);
      }
    }
  }

  async #change(key: string, change: Change, together: readonly Waiting[]): Promise<void> {
    const requestId = together[0]?.requestId ?? '';
    const outcome = await this.#store.change(key, change, { strict: true, requestId });
    if (outcome.type === 'refused') throw new ListFullError(outcome.detail);
  }
}
