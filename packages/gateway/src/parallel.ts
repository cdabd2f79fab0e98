/*
 * Work on many values at once, but never on more than a few at a time.
 */

/** How many are worked on at a time unless said otherwise. */
const PARALLEL_MAX = 32;

/**
 * What becomes of each value, in their order. When one fails the rest is still begun, and the first failure is
 * thrown at the end: nothing goes on unattended.
 */
export async function mapParallel<T, R>(
  values: readonly T[],
  work: (value: T) => Promise<R>,
  parallelMax = PARALLEL_MAX,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const remaining = values.entries();
  const worker = async (): Promise<void> => {
    for (const [index, value] of remaining) {
      try {
        results[index] = await work(value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelMax, values.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
