/*
 * Pages of a listing that goes on from a cursor: filled up where the gateway gives fewer than asked for, and counted,
 * so that a page can be called by its number. Relies on a cursor being the name of the last entry before the page.
 */

/** Where entries come from. */
export interface Listing<T> {
  /** Entries after a name, in order; `more` tells whether others follow. */
  readonly read: (after: string | undefined, limit: number) => Promise<Part<T>>;
  readonly nameOf: (entry: T) => string;
  /** Leaves entries out that the gateway cannot leave out itself. */
  readonly isShown?: (entry: T) => boolean;
}

/** What one call gave. */
export interface Part<T> {
  readonly entries: readonly T[];
  /** Where the next call goes on; undefined at the end. */
  readonly next: string | undefined;
}

/** A page. `next` is where the next one begins; undefined on the last. */
export type Page<T> = Part<T>;

/** Most entries that the gateway gives in one call. */
const LIMIT_MAX = 1_000;
/** Entries asked for at once when many of them may not be shown. */
const FILTERED_LIMIT = 200;
/** After so many calls a page stays short. */
const CALLS_MAX = 10;

/** Reads the page that begins after `after`. There is one more look than entries, so that no last page is empty. */
export async function readPage<T>(listing: Listing<T>, after: string | undefined, size: number): Promise<Page<T>> {
  const { read, nameOf, isShown } = listing;
  const shown: T[] = [];
  let from = after;
  for (let call = 1; ; call += 1) {
    const wanted = size + 1 - shown.length;
    const limit = Math.min(LIMIT_MAX, isShown === undefined ? wanted : Math.max(FILTERED_LIMIT, wanted));
    const part = await read(from, limit);
    shown.push(...(isShown === undefined ? part.entries : part.entries.filter(isShown)));
    const last = shown[size - 1];
    if (shown.length > size && last !== undefined) return { entries: shown.slice(0, size), next: nameOf(last) };
    if (part.next === undefined || call === CALLS_MAX) return { entries: shown, next: part.next };
    from = part.next;
  }
}

/** Where the page of a number begins, the first being 1; undefined when there are not so many. */
export async function findPage<T>(
  listing: Listing<T>,
  number: number,
  size: number,
): Promise<{ after: string | undefined } | undefined> {
  let after: string | undefined;
  let before = (number - 1) * size;
  while (before > 0) {
    const step = Math.min(before, LIMIT_MAX - 1);
    const { entries, next } = await readPage(listing, after, step);
    if (next === undefined) return undefined;
    after = next;
    before -= Math.max(1, entries.length);
  }
  return { after };
}
