/*
 * A bounded map that forgets what was set longest ago. It keeps two generations, and lets go of the older as a whole: a Map
 * from which the oldest is deleted each time finds that behind all that were deleted before it, which takes microseconds.
 */

/** Remembers at least half as many of the latest as it holds at most. */
export class RecentMap<Value> {
  readonly #halfMax: number;
  #latest = new Map<string, Value>();
  #before = new Map<string, Value>();

  /** @param max entries at most; at least 2 */
  constructor(max: number) {
    this.#halfMax = Math.floor(max / 2);
  }

  get size(): number {
    return this.#latest.size + this.#before.size;
  }

  get(key: string): Value | undefined {
    return this.#latest.get(key) ?? this.#before.get(key);
  }

  has(key: string): boolean {
    return this.#latest.has(key) || this.#before.has(key);
  }

  /** It is the latest from now on, whether or not it was known. */
  set(key: string, value: Value): void {
    this.#before.delete(key);
    this.#latest.set(key, value);
    if (this.#latest.size < this.#halfMax) return;
    this.#before = this.#latest;
    this.#latest = new Map();
  }

  delete(key: string): void {
    this.#latest.delete(key);
    this.#before.delete(key);
  }

  clear(): void {
    this.#latest.clear();
    this.#before.clear();
  }
}
