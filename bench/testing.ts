/*
 * Parts as they come out of a measurement, for the tests of what is made of them.
 */
import type { PartKey, PartResult } from './measure/part.ts';

/** A part that took two seconds. */
export function partOf(
  key: Partial<PartKey>,
  requestsPerSecond: number,
  figures: { readonly p99Ms?: number; readonly cpu?: PartResult['cpuMsPerThousand'] } = {},
): PartResult {
  const load = {
    requests: requestsPerSecond * 2,
    requestsPerSecond,
    p50Ms: 1,
    p99Ms: figures.p99Ms ?? 4,
    failures: 0,
    generatorCpuMs: 500,
  };
  return {
    system: 'trolley',
    mix: 'post',
    connections: 64,
    round: 1,
    rate: undefined,
    ...key,
    load,
    warmUp: load,
    cpuMsPerThousand: figures.cpu ?? { handler: 30 },
    hedgesPerThousand: undefined,
    grouping: undefined,
  };
}
