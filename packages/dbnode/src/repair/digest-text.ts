/*
 * Digests and lists of placement groups as they travel between nodes. Pure.
 */
import type { Digest } from '../storage/hash-tree.ts';

/** A run of placement groups: its first and its last. */
export type GroupRun = readonly [first: number, last: number];

/** A digest in 16 hexadecimal digits; the number of records is not part of it. */
export function digestText({ high, low }: Pick<Digest, 'high' | 'low'>): string {
  return hexadecimal(high) + hexadecimal(low);
}

function hexadecimal(half: number): string {
  return half.toString(16).padStart(8, '0');
}

/** Groups in ascending order, as runs: most nodes share long ones. */
export function runsOf(groups: readonly number[]): readonly GroupRun[] {
  const runs: [number, number][] = [];
  for (const pg of groups) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === pg - 1) last[1] = pg;
    else runs.push([pg, pg]);
  }
  return runs;
}

/** The groups of the runs, in order; undefined when there is one that the cluster has not, or more than it has. */
export function groupsOf(runs: readonly GroupRun[], pgCount: number): readonly number[] | undefined {
  const groups: number[] = [];
  for (const [first, last] of runs) {
    if (last >= pgCount || groups.length + last - first >= pgCount) return undefined;
    for (let pg = first; pg <= last; pg += 1) groups.push(pg);
  }
  return groups;
}
