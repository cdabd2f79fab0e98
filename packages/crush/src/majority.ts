/*
 * How many replicas make a majority: the one rule that read and write quorums, and what a new owner must be told,
 * all rest on. Pure.
 */

/**
 * The smallest number such that any two sets of that many of n replicas share one: (n+1)/2, rounded up. Rounded
 * down, n = 4 would give quorums of two that miss each other.
 *
 * @param replicas n, a whole number
 */
export function majorityOf(replicas: number): number {
  return Math.ceil((replicas + 1) / 2);
}
