/*
 * Merges pages that several nodes gave of their own records into one page of the cluster's. Pure.
 */
import { decodeRecord, merge, type CausalRecord, type RecordText } from '@trolley/records';

/** One node's records after a key, in key order; `more` when it has further ones. */
export interface NodePage {
  readonly entries: readonly (readonly [key: string, record: RecordText])[];
  readonly more: boolean;
  /** Whether a record counts that the node holds under this key. */
  readonly isOwned: (key: string) => boolean;
}

/** What the cluster holds after a key. */
export interface MergedPage<T> {
  readonly entries: readonly { readonly key: string; readonly record: T }[];
  /** The key to go on after; undefined when there is nothing more. */
  readonly next: string | undefined;
}

/**
 * Merges node pages and keeps the first `limit` keys. A key beyond the last one of a node that has
 * more to give is left for the next page: that node may hold the key too.
 *
 * @param mergeTexts makes one record of what several nodes hold, each text but once
 */
export function mergePages<T>(
  pages: readonly NodePage[],
  limit: number,
  mergeTexts: (texts: Iterable<RecordText>) => T,
): MergedPage<T> {
  const horizon = horizonOf(pages);
  const texts = new Map<string, Set<RecordText>>();
  let beyond = horizon !== undefined;
  for (const { entries, isOwned } of pages) {
    for (const [key, text] of entries) {
      if ((horizon !== undefined && key > horizon) || !isOwned(key)) continue;
      const known = texts.get(key);
      if (known === undefined) texts.set(key, new Set([text]));
      else known.add(text);
    }
  }
  const keys = [...texts.keys()].toSorted(byCodeUnit);
  beyond ||= keys.length > limit;
  const entries = keys.slice(0, limit).map((key) => ({ key, record: mergeTexts(texts.get(key) ?? []) }));
  return { entries, next: beyond ? (entries.at(-1)?.key ?? horizon) : undefined };
}

/** Merges causal records. Replicas that agree hold equal texts: one of them is parsed. */
export function mergeRecords(texts: Iterable<RecordText>): CausalRecord {
  return [...texts].map(decodeRecord).reduce(merge);
}

/** The last key up to which every node has told all that it holds. */
function horizonOf(pages: readonly NodePage[]): string | undefined {
  const lastKeys = pages.filter(({ more }) => more).map(({ entries }) => entries.at(-1)?.[0]);
  return lastKeys.filter((key) => key !== undefined).toSorted(byCodeUnit)[0];
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
