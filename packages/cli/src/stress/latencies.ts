/*
 * How long requests took: exact percentiles, since a run keeps every operation anyway. Pure.
 */

export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** The percentiles of these times, by nearest rank; all 0 when there are none. */
export function summariseLatencies(timesMs: readonly number[]): LatencySummary {
  const sorted = Float64Array.from(timesMs).toSorted();
  const at = (share: number): number => rounded(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return {
    count: sorted.length,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: at(1),
  };
}

/** To the hundredth of a millisecond: more would only be noise. */
function rounded(timeMs: number): number {
  return Math.round(timeMs * 100) / 100;
}
