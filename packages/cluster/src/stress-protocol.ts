/*
 * Stress tests as a launcher runs them for the gateways that it started, and as gateways show them. The schemas are
 * checked on arrival; the types are derived from them.
 */
import { z } from 'zod';

export const STRESS_TESTS = [1, 2, 3, 4, 5] as const;
export type StressTest = (typeof STRESS_TESTS)[number];

/** The most that the size of a test can be. */
export const STRESS_SIZE_MAX = 100_000;
export const STRESS_WORKERS_MAX = 256;
/** What a person's list holds: one client of test 3 may come to ask for all. */
const LIST_MAX = 10_000;
/** Samples of a run that are kept: the latest, one for each second. */
export const STRESS_SAMPLES_MAX = 600;

/** The most that the size of this test can be. */
export function stressSizeMax(test: StressTest): number {
  return test === 3 ? LIST_MAX : STRESS_SIZE_MAX;
}

const SIZE = `must be a whole number from 1 to ${STRESS_SIZE_MAX}`;
const WORKERS = `must be a whole number from 1 to ${STRESS_WORKERS_MAX}`;

/** Which test to run; what is absent is as the test has it. */
export const stressWishSchema = z
  .strictObject({
    test: z.literal(STRESS_TESTS, { error: 'must be 1, 2, 3, 4 or 5' }),
    size: z.int({ error: SIZE }).min(1, SIZE).max(STRESS_SIZE_MAX, SIZE).optional(),
    workers: z.int({ error: WORKERS }).min(1, WORKERS).max(STRESS_WORKERS_MAX, WORKERS).optional(),
  })
  .refine(({ test, size = 1 }) => size <= stressSizeMax(test), {
    path: ['size'],
    error: `must be at most ${LIST_MAX} for test 3`,
  });
export type StressWish = z.infer<typeof stressWishSchema>;

/** What a second of a run was like. */
export const stressSampleSchema = z.object({
  atMs: z.number(),
  requestsPerSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});
const OUTCOMES = ['reserved', 'cancelled', 'changed', 'looked', 'refused', 'unknown'] as const;

/** What a run is found to be. */
export const stressFindingsSchema = z.object({
  latencies: z.object({
    p50Ms: z.number(),
    p90Ms: z.number(),
    p99Ms: z.number(),
    p999Ms: z.number(),
    mostMs: z.number(),
  }),
  /** Requests by what became of them. */
  outcomes: z.record(z.enum(OUTCOMES), z.int()),
  verdict: z.object({ passed: z.boolean(), claim: z.string(), findings: z.array(z.string()) }),
});
export type StressFindings = z.infer<typeof stressFindingsSchema>;

export const stressRunSchema = z.object({
  id: z.string(),
  test: z.literal(STRESS_TESTS),
  title: z.string(),
  size: z.int(),
  workers: z.int(),
  state: z.enum(['running', 'passed', 'failed', 'stopped']),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  /** Steps of the load, of so many; each is a request or two. */
  done: z.int(),
  total: z.int(),
  samples: z.array(stressSampleSchema).max(STRESS_SAMPLES_MAX),
  ...stressFindingsSchema.partial().shape,
});
/** A run of a stress test, as far as it has come. */
export type StressRun = z.infer<typeof stressRunSchema>;

/** The latest run; null when there was none. */
export const latestStressRunSchema = z.object({ run: stressRunSchema.nullable() });
