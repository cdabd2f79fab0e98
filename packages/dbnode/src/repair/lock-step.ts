/*
 * Goes through two ordered lists side by side, a page of each at a time, so that neither is ever held as a whole. Pure
 * but for the lists that it is given.
 */
import type { Entry } from './differences.ts';

/** A page of a list that is ordered by key in code units: what comes after a key, from the start for undefined. */
export type ListPage = (after: string | undefined) => Promise<{
  readonly entries: readonly Entry[];
  readonly more: boolean;
}>;

/** What both lists have in one range of keys. */
export interface Stretch {
  readonly own: readonly Entry[];
  readonly theirs: readonly Entry[];
  /** The last key of the range; undefined when it goes to the end. */
  readonly upTo: string | undefined;
}

/** The stretches of both lists after a key, in order; each holds about a page of each list. @throws what the lists throw */
export async function* inLockStep(own: ListPage, theirs: ListPage, after: string | undefined): AsyncGenerator<Stretch> {
  const sides = [new Side(own, after), new Side(theirs, after)] as const;
  for (;;) {
    await Promise.all(sides.map(async (side) => side.fill()));
    // Past the end of a page nobody knows yet what stands there.
    const ends = sides.map((side) => side.knownUpTo).filter((key) => key !== undefined);
    const upTo = ends.length === 0 ? undefined : ends.reduce((a, b) => (a < b ? a : b));
    yield { own: sides[0].take(upTo), theirs: sides[1].take(upTo), upTo };
    if (upTo === undefined) return;
  }
}

/** One of the lists, and the part of its last page that is still to be looked at. */
class Side {
  readonly #list: ListPage;
  #after: string | undefined;
  #page: readonly Entry[] = [];
  #taken = 0;
  #isAtEnd = false;

  constructor(list: ListPage, after: string | undefined) {
    this.#list = list;
    this.#after = after;
  }

  /** The last key up to which the list is known; undefined when it is known to its end. */
  get knownUpTo(): string | undefined {
    return this.#isAtEnd ? undefined : this.#after;
  }

  async fill(): Promise<void> {
    if (this.#isAtEnd || this.#taken < this.#page.length) return;
    const { entries, more } = await this.#list(this.#after);
    this.#page = entries;
    this.#taken = 0;
    // A page without entries says nothing of how to go on.
    this.#isAtEnd = !more || entries.length === 0;
    this.#after = entries.at(-1)?.[0] ?? this.#after;
  }

  take(upTo: string | undefined): readonly Entry[] {
    const from = this.#taken;
    const end = upTo === undefined ? -1 : this.#page.findIndex(([key], index) => index >= from && key > upTo);
    this.#taken = end === -1 ? this.#page.length : end;
    return this.#page.slice(from, this.#taken);
  }
}
