/*
 * How long to wait before an attempt is repeated: longer each time and at random, so that of two proposers that outbid
 * each other one is through before the other begins.
 */
import type { Random } from '@trolley/cluster';

/** About as long as an attempt takes. */
const FIRST_MS = 5;
const LONGEST_MS = 250;

/** @param failures attempts that failed in a row, at least 1 */
export function backoffMs(failures: number, random: Random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
}
