/*
 * Lists what stands under some nodes of a placement group's hash tree, by walking the group a slice at a time: an index
 * by leaf would cost memory for every key, and only differences are ever listed.
 */
import { comparableText, contextTextOf, type ContextText } from '@trolley/records';
import type { DigestEntries } from '../engine.ts';
import { leafOf, type TreePath } from './hash-tree.ts';
import type { RecordTable } from './record-table.ts';

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
  const found: (readonly [key: string, context: ContextText])[] = [];
  const wanted = new Set(paths);
  const isUnder = (leaf: TreePath) => ANCESTORS.some((digits) => wanted.has(leaf.slice(0, digits)));
  let walked = 0;
  for (const [key, text] of table.durableRecords(pg)) {
    walked += 1;
    if (walked % SLICE_KEYS === 0) await nextTurn();
    if (after !== undefined && key <= after) continue;
    if (isUnder(leafOf(key)) && comparableText(text) !== undefined) found.push([key, contextTextOf(text)]);
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  return { entries: found.slice(0, limit), more: found.length > limit };
}
