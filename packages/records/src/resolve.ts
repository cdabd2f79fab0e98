/*
 * What the siblings of one field come to. The largest, unless too much would be a promise that cannot be kept
 * (stock): then the smallest. Both are the same in whatever order siblings arrive.
 */
import type { Sibling } from './record.ts';

/** The largest of the siblings' quantities; undefined for a field that is not there. */
export function resolveMax(siblings: readonly Sibling[] | undefined): number | undefined {
  return siblings?.reduce((largest, { quantity }) => Math.max(largest, quantity), -Infinity);
}

/** The smallest of the siblings' quantities; undefined for a field that is not there. */
export function resolveMin(siblings: readonly Sibling[] | undefined): number | undefined {
  return siblings?.reduce((smallest, { quantity }) => Math.min(smallest, quantity), Infinity);
}
