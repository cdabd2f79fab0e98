/*
 * The records in memory: a Map for each placement group, and the ordered index of keys. Beside the newest
 * text of a key it knows the durable one, for as long as the two differ, so that a failed flush can be
 * taken back and a checkpoint writes nothing that could still be. Does no I/O.
 */
import { placementGroupOf } from '@trolley/crush';
import type { RecordText } from '@trolley/records';
import type { CommitGroup } from './commit-group.ts';
import { DurableView } from './durable-view.ts';
import { KeyIndex } from './key-index.ts';

/** A key whose newest text, or whose removal, is not on disk yet. */
interface Pending {
  readonly pg: number;
  /** What is on disk; undefined when the key is new. */
  durable: RecordText | undefined;
  /** The group that brings the newest text, or the removal, to disk. */
  group: CommitGroup;
}

/** A key's newest text, and the group to wait for before anyone is shown it. */
export interface Held {
  readonly text: RecordText | undefined;
  readonly group: CommitGroup | undefined;
}

/** All records of a node. */
export class RecordTable {
  readonly pgCount: number;
  readonly #groups: readonly Map<string, RecordText>[];
  readonly #index = new KeyIndex();
  readonly #pending = new Map<string, Pending>();
  /** Placement groups with durable records that no checkpoint has yet. */
  #dirty = new Set<number>();
  /** Digests and tombstones of what is durable. */
  readonly durable = new DurableView();
  #characters = 0;
  /** The key that was asked for last and its group: an operation asks for its own several times. */
  #lastKey = '';
  #lastGroup: number;

  constructor(pgCount: number) {
    this.pgCount = pgCount;
    this.#lastGroup = placementGroupOf(this.#lastKey, pgCount);
    this.#groups = Array.from({ length: pgCount }, () => new Map<string, RecordText>());
  }

  get size(): number {
    return this.#index.size;
  }

  /** Characters of all keys and newest texts. */
  get characters(): number {
    return this.#characters;
  }

  groupOf(key: string): number {
    if (key !== this.#lastKey) {
      this.#lastGroup = placementGroupOf(key, this.pgCount);
      this.#lastKey = key;
    }
    return this.#lastGroup;
  }

  /** Puts a record that came from disk. Digests count it once all are there: see `endLoading`. */
  load(key: string, text: RecordText): number {
    const pg = this.groupOf(key);
    this.#set(pg, key, text);
    this.durable.notePromise(pg, text);
    return pg;
  }

  /** Takes a record away that came from disk; the disk says later that it was dropped. */
  unload(key: string): number {
    const pg = this.groupOf(key);
    this.#delete(pg, key);
    return pg;
  }

  /** All that is on disk was loaded. Counts each record once, however many the journal held of it. */
  async endLoading(nextTurn: () => Promise<void>): Promise<void> {
    for (const [pg, records] of this.#groups.entries()) {
      for (const [key, text] of records) this.durable.changed(pg, key, undefined, text);
      await nextTurn();
    }
  }

  look(key: string): Held {
    return { text: this.#map(this.groupOf(key)).get(key), group: this.#pending.get(key)?.group };
  }

  /** What is on disk of a key. */
  durableText(key: string): RecordText | undefined {
    const pending = this.#pending.get(key);
    return pending === undefined ? this.#map(this.groupOf(key)).get(key) : pending.durable;
  }

  /** Puts a record that the group will bring to disk; undefined removes the one that is there. */
  put(key: string, text: RecordText | undefined, group: CommitGroup): void {
    const pg = this.groupOf(key);
    const pending = this.#pending.get(key);
    if (pending === undefined) this.#pending.set(key, { pg, durable: this.#map(pg).get(key), group });
    else pending.group = group;
    if (text === undefined) this.#delete(pg, key);
    else this.#set(pg, key, text);
  }

  /** The group is on disk: its texts are what a failure goes back to from now on. */
  commit(group: CommitGroup): void {
    for (const [key, text] of group.entries) {
      const pending = this.#pending.get(key);
      if (pending === undefined) continue;
      this.#dirty.add(pending.pg);
      this.durable.changed(pending.pg, key, pending.durable, text);
      if (pending.group === group) this.#pending.delete(key);
      else pending.durable = text;
    }
  }

  /** Nothing that is pending will reach the disk: goes back to what is there. */
  rollBack(): void {
    for (const [key, { pg, durable }] of this.#pending) {
      if (durable === undefined) this.#delete(pg, key);
      else this.#set(pg, key, durable);
    }
    this.#pending.clear();
  }

  /**
   * Up to `limit` keys with what is held of each, and whether there are more. A key whose removal is on its way to
   * disk is left out already: should the removal fail, it was a tombstone that nobody missed.
   */
  scan(
    prefix: string,
    after: string | undefined,
    limit: number,
  ): { entries: (readonly [string, RecordText])[]; groups: ReadonlySet<CommitGroup>; more: boolean } {
    const entries: (readonly [string, RecordText])[] = [];
    const groups = new Set<CommitGroup>();
    for (const [key, pg] of this.#index.walk(prefix, after)) {
      if (entries.length >= limit) return { entries, groups, more: true };
      const text = this.#map(pg).get(key);
      if (text !== undefined) entries.push([key, text]);
      const pending = this.#pending.get(key);
      if (pending !== undefined) groups.add(pending.group);
    }
    return { entries, groups, more: false };
  }

  /** The records of a placement group as they are on disk. May be walked while records change. */
  *durableRecords(pg: number): Generator<readonly [key: string, text: RecordText]> {
    for (const [key, newest] of this.#map(pg)) {
      const pending = this.#pending.get(key);
      const text = pending === undefined ? newest : pending.durable;
      if (text !== undefined) yield [key, text];
    }
    // Removals that are not on disk yet. Gathered in the same step that ends the walk: one that is taken back before
    // that stands in the map again, at its end, and was met there.
    yield* this.#removedButDurable(pg);
  }

  #removedButDurable(pg: number): (readonly [key: string, text: RecordText])[] {
    const map = this.#map(pg);
    const removed: (readonly [string, RecordText])[] = [];
    for (const [key, pending] of this.#pending) {
      if (pending.pg === pg && pending.durable !== undefined && !map.has(key)) removed.push([key, pending.durable]);
    }
    return removed;
  }

  /** Every durable record. */
  *allDurableRecords(): Generator<readonly [key: string, text: RecordText]> {
    for (let pg = 0; pg < this.pgCount; pg++) yield* this.durableRecords(pg);
  }

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  markDirty(pg: number): void {
    this.#dirty.add(pg);
  }

  /** Hands over the set of changed placement groups and begins a new one. */
  takeDirty(): ReadonlySet<number> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    return dirty;
  }

  #map(pg: number): Map<string, RecordText> {
    const map = this.#groups[pg];
    if (map === undefined) throw new RangeError(`there is no placement group ${pg} of ${this.pgCount}`);
    return map;
  }

  #set(pg: number, key: string, text: RecordText): void {
    const map = this.#map(pg);
    const previous = map.get(key);
    if (previous === undefined) this.#index.add(key, pg);
    this.#characters += text.length - (previous === undefined ? -key.length : previous.length);
    map.set(key, text);
  }

  #delete(pg: number, key: string): void {
    const map = this.#map(pg);
    const previous = map.get(key);
    if (previous === undefined) return;
    this.#index.delete(key);
    this.#characters -= key.length + previous.length;
    map.delete(key);
  }
}
