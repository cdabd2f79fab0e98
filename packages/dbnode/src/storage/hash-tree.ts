/*
 * The digest of one placement group as a tree of sums: three levels, fan-out 16, so 4096 leaves. Each key belongs to
 * one leaf by a hash of its own; a node's digest is the sum of the digests of the records under it. Sums commute, so
 * adding, replacing and removing a record each cost one step for each level, in any order. Not proof against someone
 * who makes records to collide; against chance 64 bits are.
 *
 * All nodes stand in one typed array that grows by doubling: a group of few keys costs little.
 */
import { hash32, hash64 } from './record-hash.ts';

const FAN_OUT = 16;
const LEVELS = 3;
const DIGIT_BITS = 4;
/** Low and high half of the sum, number of records, and where the child's own children stand (0: nowhere yet). */
const WORDS_PER_CHILD = 4;
const WORDS_PER_NODE = FAN_OUT * WORDS_PER_CHILD;
/** Apart from the seed of placement, else the keys of one group would share few leaves. */
const LEAF_SEED = 1;

/** What a record that is not there adds. */
const NO_HASH = { low: 0, high: 0 };

/** What stands under a node: equal digests, equal records. */
export interface Digest {
  readonly low: number;
  readonly high: number;
  /** Number of records. */
  readonly count: number;
}

/** A node of the tree: up to three hexadecimal digits, from the root down; empty for the root. */
export type TreePath = string;

/** The leaf that a key belongs to: a path of three digits. */
export function leafOf(key: string): TreePath {
  return leafNumber(key).toString(16).padStart(LEVELS, '0');
}

function leafNumber(key: string): number {
  return hash32(key, LEAF_SEED) >>> (32 - LEVELS * DIGIT_BITS);
}

/** The digests of one placement group's records. */
export class HashTree {
  #words = new Uint32Array(WORDS_PER_NODE);
  #nodes = 1;

  /** Counts a record in. */
  add(key: string, text: string): void {
    this.replace(key, undefined, text);
  }

  /** Counts out a record that was counted in with this text. */
  remove(key: string, text: string): void {
    this.replace(key, text, undefined);
  }

  /** Counts a record out with the text that it was counted in with, and in with another; undefined where there is none. */
  replace(key: string, before: string | undefined, after: string | undefined): void {
    const gone = before === undefined ? NO_HASH : hash64(`${key}\0${before}`);
    const come = after === undefined ? NO_HASH : hash64(`${key}\0${after}`);
    const records = Number(after !== undefined) - Number(before !== undefined);
    this.#change(leafNumber(key), come.low - gone.low, come.high - gone.high, records);
  }

  get root(): Digest {
    return sumOf(this.children(''));
  }

  /** The 16 digests under a node; none of a leaf or of a node that nothing was ever under. */
  children(path: TreePath): readonly Digest[] {
    if (path.length >= LEVELS) return [];
    let node = 0;
    for (const digit of path) {
      node = this.#word(node, Number.parseInt(digit, FAN_OUT), 3);
      if (node === 0) return [];
    }
    return Array.from({ length: FAN_OUT }, (_, child) => ({
      low: this.#word(node, child, 0),
      high: this.#word(node, child, 1),
      count: this.#word(node, child, 2),
    }));
  }

  #change(leaf: number, low: number, high: number, records: number): void {
    let node = 0;
    for (let level = LEVELS - 1; level >= 0; level--) {
      const child = (leaf >>> (level * DIGIT_BITS)) % FAN_OUT;
      const at = node * WORDS_PER_NODE + child * WORDS_PER_CHILD;
      // Typed arrays keep the sums modulo 2^32. The halves are summed apart: no carry to take care of.
      this.#words[at] = (this.#words[at] ?? 0) + low;
      this.#words[at + 1] = (this.#words[at + 1] ?? 0) + high;
      this.#words[at + 2] = (this.#words[at + 2] ?? 0) + records;
      if (level > 0) node = this.#childNode(at + 3);
    }
  }

  /** The node that a word points to, made when there is none yet. */
  #childNode(at: number): number {
    const known = this.#words[at] ?? 0;
    if (known !== 0) return known;
    const made = this.#nodes;
    this.#nodes += 1;
    if (this.#nodes * WORDS_PER_NODE > this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[at] = made;
    return made;
  }

  #word(node: number, child: number, word: number): number {
    return this.#words[node * WORDS_PER_NODE + child * WORDS_PER_CHILD + word] ?? 0;
  }
}

/** The digest of all that stands under several nodes. */
export function sumOf(digests: Iterable<Digest>): Digest {
  let low = 0;
  let high = 0;
  let count = 0;
  for (const digest of digests) {
    low = (low + digest.low) >>> 0;
    high = (high + digest.high) >>> 0;
    count += digest.count;
  }
  return { low, high, count };
}
