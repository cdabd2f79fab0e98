/*
 * Lists what stands under some nodes of a placement group's hash tree, a page at a time. Each page walks the group
 * once, a slice at a time, and keeps no more than the page: an index by leaf would cost memory for every key, and only
 * differences are ever listed.
 */
import { comparableText, contextTextOf, type RecordText } from '@trolley/records';
import type { DigestEntries } from '../engine.ts';
import { leafOf, type TreePath } from './hash-tree.ts';
import type { RecordTable } from './record-table.ts';
import { SmallestKeys } from './smallest-keys.ts';

/** Keys looked at before requests go on: about half a millisecond's worth. */
const SLICE_KEYS = 1_000;

/** How many digits of a leaf's path the nodes above it have, itself included. */
const ANCESTORS = [0, 1, 2, 3];

/** What to list. */
export interface DigestEntriesQuery {
  readonly pg: number;
  readonly paths: readonly TreePath[];
  readonly after: string | undefined;
  readonly limit: number;
}

/** Up to `limit` durable records that digests count, under the nodes, that come after `after`, ordered by key in code units. */
export async function listDigestEntries(
  table: RecordTable,
  { pg, paths, after, limit }: DigestEntriesQuery,
  nextTurn: () => Promise<void>,
): Promise<DigestEntries> {
  const wanted = new Set(paths);
  // The root stands above every leaf, which then need not be worked out.
  const isAll = wanted.has('');
  const isUnder = (leaf: TreePath) => ANCESTORS.some((digits) => wanted.has(leaf.slice(0, digits)));
  // One more than the page, to know whether there are more.
  const page = new SmallestKeys<RecordText>(limit + 1);
  let walked = 0;
  for (const [key, text] of table.durableRecords(pg)) {
    walked += 1;
    if (walked % SLICE_KEYS === 0) await nextTurn();
    // Cheapest first: of a large group most keys are on another page.
    if (after !== undefined && key <= after) continue;
    if (!page.wants(key) || (!isAll && !isUnder(leafOf(key)))) continue;
    if (comparableText(text) !== undefined) page.add(key, text);
  }
  const entries = page.sorted.slice(0, limit).map(([key, text]) => [key, contextTextOf(text)] as const);
  return { entries, more: page.sorted.length > limit };
}
