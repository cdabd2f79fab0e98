/*
 * Which nodes missed writes to which keys, oldest first. Past a bound for each node it remembers whole placement
 * groups instead of keys. In memory; the journal and hints.json bring it back. Losing a hint is not losing data:
 * comparing digests finds what it stood for, only later.
 */

/** What one node missed. */
export interface MissedWrites {
  readonly keys: readonly string[];
  /** Placement groups of which more keys were missed than are remembered. */
  readonly groups: readonly number[];
}

/** A key that is owed to a node, as of one moment: a write that it misses later makes it another. */
export interface OwedKey {
  readonly key: string;
  readonly mark: number;
}

interface Missed {
  /** The keys, the longest missed first, each with the mark of its last write that was missed. */
  readonly keys: Map<string, number>;
  readonly groups: Set<number>;
}

/** The hints that this node holds for others. */
export class HintLedger {
  readonly #keysMax: number;
  readonly #groupOf: (key: string) => number;
  readonly #missed = new Map<string, Missed>();
  #mark = 0;

  /** @param keysMax keys that are remembered for each node; what is over becomes whole groups. */
  constructor(keysMax: number, groupOf: (key: string) => number) {
    this.#keysMax = keysMax;
    this.#groupOf = groupOf;
  }

  /** The nodes that missed something, in no order. */
  get nodes(): readonly string[] {
    return [...this.#missed.keys()];
  }

  /** Hints that wait for a node: keys and groups. */
  count(node: string): number {
    const missed = this.#missed.get(node);
    return missed === undefined ? 0 : missed.keys.size + missed.groups.size;
  }

  add(node: string, keys: Iterable<string>): void {
    const missed = this.#of(node);
    for (const key of keys) {
      this.#mark += 1;
      const pg = this.#groupOf(key);
      if (missed.keys.has(key)) missed.keys.set(key, this.#mark);
      else if (missed.groups.has(pg)) continue;
      else if (missed.keys.size < this.#keysMax) missed.keys.set(key, this.#mark);
      else missed.groups.add(pg);
    }
    this.#tidy(node, missed);
  }

  addGroups(node: string, groups: Iterable<number>): void {
    const missed = this.#of(node);
    for (const pg of groups) missed.groups.add(pg);
    this.#tidy(node, missed);
  }

  /** Up to `limit` keys that a node missed, the longest remembered first. */
  oldest(node: string, limit: number): readonly OwedKey[] {
    const oldest: OwedKey[] = [];
    for (const [key, mark] of this.#missed.get(node)?.keys ?? []) {
      if (oldest.length >= limit) break;
      oldest.push({ key, mark });
    }
    return oldest;
  }

  groups(node: string): readonly number[] {
    return [...(this.#missed.get(node)?.groups ?? [])];
  }

  /** The node has these now, or nobody owes them to it any more. One that it missed again meanwhile stays. */
  settle(node: string, owed: Iterable<OwedKey>): void {
    const missed = this.#missed.get(node);
    if (missed === undefined) return;
    for (const { key, mark } of owed) {
      if (missed.keys.get(key) === mark) missed.keys.delete(key);
    }
    this.#tidy(node, missed);
  }

  settleGroup(node: string, pg: number): void {
    const missed = this.#missed.get(node);
    if (missed === undefined) return;
    missed.groups.delete(pg);
    this.#tidy(node, missed);
  }

  /** Nothing is owed to this node any more. */
  forget(node: string): void {
    this.#missed.delete(node);
  }

  /** All of it as it is now. */
  snapshot(): ReadonlyMap<string, MissedWrites> {
    return new Map(
      Array.from(this.#missed, ([node, { keys, groups }]) => [node, { keys: [...keys.keys()], groups: [...groups] }]),
    );
  }

  #of(node: string): Missed {
    let missed = this.#missed.get(node);
    if (missed === undefined) {
      missed = { keys: new Map(), groups: new Set() };
      this.#missed.set(node, missed);
    }
    return missed;
  }

  #tidy(node: string, { keys, groups }: Missed): void {
    if (keys.size === 0 && groups.size === 0) this.#missed.delete(node);
  }
}
