/*
 * Writes that go to disk together: one write, one flush, one outcome for all. A key written twice in one
 * group is stored once, as its newest record.
 */
import type { ContextText, RecordText } from '@trolley/records';

/** Bytes that an entry takes besides its text, for the bound on what waits; need not be exact. */
const ENTRY_OVERHEAD_BYTES = 16;

/** Keys that a node missed writes to. */
export type Hint = readonly [node: string, keys: readonly string[]];

/** One group commit in the making. */
export class CommitGroup {
  /** The newest record of each key that was written; undefined where it was dropped. */
  readonly entries = new Map<string, RecordText | undefined>();
  /** For each key that was dropped: the context of the record that was. */
  readonly dropped = new Map<string, ContextText>();
  readonly hints: Hint[] = [];
  /** Resolves when the group is on disk; rejects, for all alike, when it was taken back. */
  readonly durable: Promise<void>;
  #writes = 0;
  #bytes = 0;
  #resolve: () => void = () => undefined;
  #reject: (reason: Error) => void = () => undefined;

  constructor() {
    this.durable = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever awaits it hears of a failure; that nobody happens to await it is no error of its own.
    this.durable.catch(() => undefined);
  }

  /** Writes that were put in, also those replaced by a later one. */
  get writes(): number {
    return this.#writes;
  }

  /** About how much memory it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  add(key: string, text: RecordText): void {
    this.entries.set(key, text);
    this.#writes += 1;
    this.#bytes += key.length + text.length + ENTRY_OVERHEAD_BYTES;
  }

  drop(key: string, context: ContextText): void {
    this.entries.set(key, undefined);
    this.dropped.set(key, context);
    this.#writes += 1;
    this.#bytes += key.length + context.length + ENTRY_OVERHEAD_BYTES;
  }

  hint(node: string, keys: readonly string[]): void {
    this.hints.push([node, keys]);
    this.#writes += 1;
    for (const key of keys) this.#bytes += key.length + ENTRY_OVERHEAD_BYTES;
  }

  /** Resolves to whether the group is on disk, once that is known. Never rejects. */
  async settled(): Promise<boolean> {
    return await this.durable.then(
      () => true,
      () => false,
    );
  }

  succeed(): void {
    this.#resolve();
  }

  fail(reason: Error): void {
    this.#reject(reason);
  }
}
