/*
 * The keys in order, each with its placement group, for scans. A B+ tree: adding a key costs the
 * logarithm of their number, walking on costs nothing to speak of.
 */
import sortedBTree from 'sorted-btree';

// The library is CommonJS, whose default export Node.js hands over one level down; vitest does so directly.
const BTree = 'default' in sortedBTree ? sortedBTree.default : sortedBTree;

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** An ordered set of keys. */
export class KeyIndex {
  readonly #tree = new BTree<string, number>(undefined, byCodeUnits);

  get size(): number {
    return this.#tree.size;
  }

  add(key: string, pg: number): void {
    this.#tree.set(key, pg);
  }

  delete(key: string): void {
    this.#tree.delete(key);
  }

  /** Keys that begin with the prefix and come after `after`, in code unit order, each with its placement group. */
  *walk(prefix: string, after: string | undefined): Generator<readonly [key: string, pg: number]> {
    const from = after !== undefined && after > prefix ? after : prefix;
    for (const [key, pg] of this.#tree.entries(from)) {
      if (!key.startsWith(prefix)) return;
      if (key !== after) yield [key, pg];
    }
  }
}
