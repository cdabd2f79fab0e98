/*
 * Medians and ratios of what was measured. Pure.
 */

/** The median; of an even number of values the mean of the middle two. @throws RangeError for none at all. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)];
  const low = sorted[Math.ceil(middle) - 1];
  if (high === undefined || low === undefined) throw new RangeError('there is no median of nothing');
  return (low + high) / 2;
}

/** Each value divided by the one at the same place of the other list, which must be as long. */
export function ratiosOf(values: readonly number[], references: readonly number[]): readonly number[] {
  if (values.length !== references.length) throw new RangeError('ratios need pairs');
  return values.map((value, index) => value / (references[index] ?? Number.NaN));
}
