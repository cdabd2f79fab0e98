/*
 * Pages of a listing: filled over deleted records, ended by a cursor. Relies on the store to list in key
 * order; keeps nothing between two pages.
 */
import type { CausalRecord } from '@trolley/records';
import type { QuorumReport, Store, StoreOptions } from '../store.ts';

/** What to list. */
export interface PageRequest<T> {
  /** What all keys begin with; the rest of a key is the cursor. */
  readonly prefix: string;
  /** Entries after this one are listed; undefined from the start. */
  readonly cursor: string | undefined;
  /** Most entries on the page. */
  readonly limit: number;
  /** The entry as clients see it; undefined for what was deleted. */
  readonly itemOf: (name: string, record: CausalRecord) => T | undefined;
}

/** A page. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined when nothing follows. The next page may turn out to be empty. */
  readonly nextCursor: string | undefined;
  /** The worst of the reports of the calls that made the page. */
  readonly quorum: QuorumReport;
}

/** Store calls for one page, however many deleted records lie in it; a shorter page with a cursor follows. */
const STORE_CALLS_MAX = 10;
/** Fewest records asked for at once: among deleted ones a page would otherwise be filled one by one. */
const FETCH_MIN = 50;

/** Lists one page. @throws StoreError */
export async function listPage<T>(store: Store, request: PageRequest<T>, options: StoreOptions): Promise<Page<T>> {
  const { prefix, cursor, limit, itemOf } = request;
  const items: T[] = [];
  let after = cursor === undefined ? undefined : prefix + cursor;
  let quorum: QuorumReport | undefined;
  const pageUntil = (key: string | undefined, report: QuorumReport): Page<T> => ({
    items,
    nextCursor: key?.slice(prefix.length),
    quorum: report,
  });

  for (let calls = 1; ; calls += 1) {
    const fetched = await store.list(prefix, { after, limit: Math.max(limit - items.length, FETCH_MIN) }, options);
    quorum = worseOf(quorum, fetched.quorum);
    for (const { key, record } of fetched.entries) {
      const item = itemOf(key.slice(prefix.length), record);
      if (item !== undefined) {
        if (items.length === limit) return pageUntil(after, quorum);
        items.push(item);
      }
      after = key;
    }
    after = fetched.next;
    const isComplete = after === undefined || items.length === limit || calls === STORE_CALLS_MAX;
    if (isComplete) return pageUntil(after, quorum);
  }
}

/** The address of the next page: the same request with another cursor. */
export function nextPageLink(path: string, query: Readonly<Record<string, string>>, cursor: string): string {
  const parameters = new URLSearchParams({ ...query, cursor });
  return `<${path}?${parameters.toString()}>; rel="next"`;
}

/** The header that tells where the next page is; undefined when nothing follows. */
export function linkToNext(
  path: string,
  query: Readonly<Record<string, string>>,
  cursor: string | undefined,
): Readonly<Record<string, string>> | undefined {
  return cursor === undefined ? undefined : { Link: nextPageLink(path, query, cursor) };
}

function worseOf(a: QuorumReport | undefined, b: QuorumReport): QuorumReport {
  if (a === undefined) return b;
  const worse = b.answered < a.answered ? b : a;
  return { ...worse, degraded: a.degraded || b.degraded };
}
