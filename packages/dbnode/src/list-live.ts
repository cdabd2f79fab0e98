/*
 * Fills a page of a listing from scans that also find deleted records. Bounded: a long run of deleted records
 * makes a short page with a cursor, never a long wait.
 */
import type { RecordText } from '@trolley/records';

/** One scan: keys after `after`, in order. */
export type Scan = (
  after: string | undefined,
  limit: number,
) => Promise<{ entries: readonly (readonly [key: string, record: RecordText])[]; more: boolean }>;

/** A page of what is live. */
export interface LivePage<T> {
  readonly items: readonly T[];
  /** The key to go on after; undefined when nothing follows. */
  readonly next: string | undefined;
}

const SCAN_LIMIT = 1000;
const SCANS_MAX = 10;

/**
 * Up to `limit` live records after a key.
 *
 * @param view turns a key and its record into what is listed; undefined for a deleted one.
 */
export async function listLive<T>(
  scan: Scan,
  view: (key: string, record: RecordText) => T | undefined,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<LivePage<T>> {
  const items: T[] = [];
  let after = page.after;
  for (let scans = 0; scans < SCANS_MAX; scans += 1) {
    const { entries, more } = await scan(after, SCAN_LIMIT);
    for (const [index, [key, record]] of entries.entries()) {
      after = key;
      const item = view(key, record);
      if (item !== undefined) {
        items.push(item);
      }
      if (items.length === page.limit) {
        return { items, next: more || index + 1 < entries.length ? key : undefined };
      }
    }
    if (!more) {
      return { items, next: undefined };
    }
  }
  return { items, next: after };
}
