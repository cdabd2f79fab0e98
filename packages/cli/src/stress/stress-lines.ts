/*
 * A stress test as lines of JSON, for a program that watches it: how far it is, a sample of each second, and at the end
 * what was found. Pure but for what it is given to write with.
 */
import { stressFindingsSchema, stressSampleSchema, type Clock, type StressFindings } from '@trolley/cluster';
import { z } from 'zod';
import { summariseLatencies } from './latencies.ts';
import { perSecond, type RunProgress } from './progress-line.ts';
import type { StressReport } from './stress-report.ts';

/** A line. */
export const stressLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.int(), sample: stressSampleSchema.optional() }),
  z.object({ type: z.literal('found'), found: stressFindingsSchema }),
]);
export type StressLine = z.infer<typeof stressLineSchema>;

const SAMPLE_MS = 1_000;
/** What is left of the load after the last whole second is worth a sample of its own if it took this long. */
const REST_MS = 100;

/** Tells of a run by the lines that it writes. */
export interface StressTeller {
  progress(progress: RunProgress): void;
  found(report: StressReport): void;
}

/** Writes lines with `write`. */
export function createStressTeller(write: (line: StressLine) => void, clock: Clock): StressTeller {
  let load: Extract<RunProgress, { kind: 'load' }> | undefined;
  let sampledMs = 0;
  let sampled = 0;
  const sample = (progress: Extract<RunProgress, { kind: 'load' }>, untilMs: number): void => {
    const { history, done } = progress;
    const latest = history.slice(sampled);
    const { p50Ms, p99Ms } = summariseLatencies(latest.map(({ startMs, endMs }) => endMs - startMs));
    const requestsPerSecond = Math.round(perSecond(latest.length, untilMs - sampledMs) * 10) / 10;
    write({ type: 'progress', done, sample: { atMs: clock.nowMs(), requestsPerSecond, p50Ms, p99Ms } });
    sampled = history.length;
    sampledMs = untilMs;
  };
  return {
    progress(progress) {
      if (progress.kind === 'load') {
        load = progress;
        if (progress.elapsedMs - sampledMs >= SAMPLE_MS) sample(progress, progress.elapsedMs);
        else write({ type: 'progress', done: progress.done });
        return;
      }
      // The load is over: what came in since the last sample is still to be told.
      const [first] = load?.history ?? [];
      const last = load?.history.at(-1);
      if (load === undefined || first === undefined || last === undefined) return;
      const lastedMs = last.endMs - first.startMs;
      if (lastedMs - sampledMs >= REST_MS) sample({ ...load, done: load.plan.steps }, lastedMs);
      else write({ type: 'progress', done: load.plan.steps });
      load = undefined;
    },
    found: (report) => write({ type: 'found', found: findingsOf(report) }),
  };
}

function findingsOf({ latency, outcomes, passed, promise, violations, violationCount }: StressReport): StressFindings {
  const { p50Ms, p90Ms, p99Ms, p999Ms, maxMs } = latency;
  const more = violationCount - violations.length;
  return {
    latencies: { p50Ms, p90Ms, p99Ms, p999Ms, mostMs: maxMs },
    outcomes,
    verdict: { passed, claim: promise, findings: [...violations, ...(more > 0 ? [`and ${more} more`] : [])] },
  };
}
