/*
 * The smallest keys of many that come in any order, up to a number of them: holds at most twice that number, and lets
 * whoever feeds it see early which keys are too large. Pure.
 */

/** A page of keys in the making. */
export class SmallestKeys<V> {
  readonly #max: number;
  #entries: (readonly [key: string, value: V])[] = [];
  /** The largest key of a full page; undefined until there is one. */
  #largest: string | undefined;

  /** @param max how many to keep, at least one. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether a key could be among them, as far as is known by now. */
  wants(key: string): boolean {
    return this.#largest === undefined || key < this.#largest;
  }

  add(key: string, value: V): void {
    this.#entries.push([key, value]);
    // Sorted now and then rather than kept in a heap: keys that are too large are turned away before they get here.
    if (this.#entries.length >= 2 * this.#max) this.#cut();
  }

  /** The smallest keys, in code unit order. */
  get sorted(): readonly (readonly [key: string, value: V])[] {
    this.#cut();
    return this.#entries;
  }

  #cut(): void {
    this.#entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
    if (this.#entries.length < this.#max) return;
    this.#entries = this.#entries.slice(0, this.#max);
    this.#largest = this.#entries.at(-1)?.[0];
  }
}
