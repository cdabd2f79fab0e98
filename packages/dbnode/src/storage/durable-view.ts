/*
 * What is known of the durable records of each placement group without looking at them: their digests, which are
 * tombstones, and how high their promises are. Of the durable ones, not the newest: a peer that finds equal digests may count on a record being here
 * after a crash, which a write that is still on its way would not be. Kept in step record by record; never
 * computed anew.
 */
import { comparableText, isRegisterText, isTombstoneText, promisedCounterOf, type RecordText } from '@trolley/records';
import { HashTree, type Digest, type TreePath } from './hash-tree.ts';

const NOTHING: Digest = { low: 0, high: 0, count: 0 };
const NO_KEYS: ReadonlySet<string> = new Set();

/** Digests and tombstones by placement group. */
export class DurableView {
  readonly #trees = new Map<number, HashTree>();
  readonly #tombstones = new Map<number, Set<string>>();
  readonly #promises = new Map<number, number>();
  readonly #bare = new Set<string>();

  /** A durable record has become another; undefined where there is none. */
  changed(pg: number, key: string, before: RecordText | undefined, after: RecordText | undefined): void {
    if (before === after) return;
    // Digests count a register from the first thing that is accepted on.
    const gone = before === undefined ? undefined : comparableText(before);
    const come = after === undefined ? undefined : comparableText(after);
    if (gone !== come) this.#tree(pg).replace(key, gone, come);
    if (after === undefined || come !== undefined) this.#bare.delete(key);
    else this.#bare.add(key);
    if (after !== undefined) this.notePromise(pg, after);
    this.#noteTombstone(pg, key, after !== undefined && isTombstoneText(after));
  }

  /** What a register on disk promises counts, also once it is replaced or dropped. */
  notePromise(pg: number, text: RecordText): void {
    if (!isRegisterText(text)) return;
    const counter = promisedCounterOf(text);
    if (counter > (this.#promises.get(pg) ?? 0)) this.#promises.set(pg, counter);
  }

  digest(pg: number): Digest {
    return this.#trees.get(pg)?.root ?? NOTHING;
  }

  /** The 16 digests under a node of the group's tree; none where nothing ever was. */
  children(pg: number, path: TreePath): readonly Digest[] {
    return this.#trees.get(pg)?.children(path) ?? [];
  }

  tombstones(pg: number): ReadonlySet<string> {
    return this.#tombstones.get(pg) ?? NO_KEYS;
  }

  /** Keys of registers that hold nothing but a promise. */
  get barePromises(): ReadonlySet<string> {
    return this.#bare;
  }

  /** For each group, the highest counter that was promised while this has looked. */
  get highestPromises(): ReadonlyMap<number, number> {
    return this.#promises;
  }

  #tree(pg: number): HashTree {
    let tree = this.#trees.get(pg);
    if (tree === undefined) {
      tree = new HashTree();
      this.#trees.set(pg, tree);
    }
    return tree;
  }

  #noteTombstone(pg: number, key: string, isOne: boolean): void {
    const known = this.#tombstones.get(pg);
    if (!isOne) known?.delete(key);
    else if (known === undefined) this.#tombstones.set(pg, new Set([key]));
    else known.add(key);
  }
}
