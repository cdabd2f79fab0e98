/*
 * What a replica would hold if memory cost nothing: every write that it has seen, by number, and for each field the
 * values that no write it has seen replaced. Slow and plain on purpose, with nothing of the code that it judges. Pure.
 */

let writes = 0;

/** One key on one side of a partition. */
export class NaiveReplica {
  readonly #seen: Set<number>;
  /** By field, then by the write that it came with. */
  #values: Map<string, Map<number, number>>;

  constructor(seen: Iterable<number> = [], values: ReadonlyMap<string, ReadonlyMap<number, number>> = new Map()) {
    this.#seen = new Set(seen);
    this.#values = new Map([...values].map(([field, siblings]) => [field, new Map(siblings)]));
  }

  /** Replaces fields by one value each, and drops others. */
  write(set: ReadonlyMap<string, number>, removed: Iterable<string>): void {
    writes += 1;
    this.#seen.add(writes);
    for (const field of removed) this.#values.delete(field);
    for (const [field, value] of set) this.#values.set(field, new Map([[writes, value]]));
  }

  copy(): NaiveReplica {
    return new NaiveReplica(this.#seen, this.#values);
  }

  /** What both hold once each has heard of the other: a value stands unless one of them saw it and has it no more. */
  mergedWith(other: NaiveReplica): NaiveReplica {
    const values = new Map<string, Map<number, number>>();
    for (const [mine, theirs] of [
      [this, other],
      [other, this],
    ] as const) {
      for (const [field, siblings] of mine.#values) {
        for (const [write, value] of siblings) {
          if (theirs.#seen.has(write) && theirs.#values.get(field)?.has(write) !== true) continue;
          values.set(field, (values.get(field) ?? new Map<number, number>()).set(write, value));
        }
      }
    }
    return new NaiveReplica([...this.#seen, ...other.#seen], values);
  }

  /** Each field with its one value, or what several concurrent ones come to. */
  resolved(resolve: (...values: number[]) => number): ReadonlyMap<string, number> {
    return new Map([...this.#values].map(([field, siblings]) => [field, resolve(...siblings.values())]));
  }
}
