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

interface Missed {
  readonly keys: Set<string>;
  readonly groups: Set<number>;
}

/** The hints that this node holds for others. */
export class HintLedger {
  readonly #keysMax: number;
  readonly #groupOf: (key: string) => number;
  readonly #missed = new Map<string, Missed>();

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
      if (missed.keys.has(key)) continue;
      const pg = this.#groupOf(key);
      if (missed.groups.has(pg)) continue;
      if (missed.keys.size < this.#keysMax) missed.keys.add(key);
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
  oldestKeys(node: string, limit: number): readonly string[] {
    const oldest: string[] = [];
    for (const key of this.#missed.get(node)?.keys ?? []) {
      if (oldest.length >= limit) break;
      oldest.push(key);
    }
    return oldest;
  }

  groups(node: string): readonly number[] {
    return [...(this.#missed.get(node)?.groups ?? [])];
  }

  /** The node has these now, or nobody owes them to it any more. */
  settle(node: string, keys: Iterable<string>): void {
    const missed = this.#missed.get(node);
    if (missed === undefined) return;
    for (const key of keys) missed.keys.delete(key);
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
      Array.from(this.#missed, ([node, { keys, groups }]) => [node, { keys: [...keys], groups: [...groups] }]),
    );
  }

  #of(node: string): Missed {
    let missed = this.#missed.get(node);
    if (missed === undefined) {
      missed = { keys: new Set(), groups: new Set() };
      this.#missed.set(node, missed);
    }
    return missed;
  }

  #tidy(node: string, { keys, groups }: Missed): void {
    if (keys.size === 0 && groups.size === 0) this.#missed.delete(node);
  }
}
