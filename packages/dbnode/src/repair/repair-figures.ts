/*
 * What repair has done on this node since its start, for metrics: plain counts, read when someone looks.
 */

/** Counts that only grow. */
export class RepairFigures {
  /** Records that were brought up to date, here or on another node. */
  readonly repaired = { hint: 0, 'anti-entropy': 0 };
  /** Comparisons with another replica that came to an end, and those that found everything equal at once. */
  comparisons = 0;
  comparisonsEqual = 0;
  comparisonsFailed = 0;
  /** Hints that were settled: pushed, or found to be needless. */
  hintsSettled = 0;
  tombstonesDropped = 0;

  /** Records that were brought up to date, for whatever reason. */
  get repairedTotal(): number {
    return Object.values(this.repaired).reduce((sum, count) => sum + count, 0);
  }
}
