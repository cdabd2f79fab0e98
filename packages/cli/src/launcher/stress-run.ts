/*
 * What a run of a stress test is at each moment, from what its process writes and how it ends. Pure.
 */
import { STRESS_SAMPLES_MAX, type StressRun, type StressWish } from '@trolley/cluster';
import type { StressLine } from '../stress/stress-lines.ts';
import { stressOutline } from '../stress/stress-plan.ts';

/** How the process ended. */
export interface StressEnd {
  readonly atMs: number;
  /** Whether it was told to end. */
  readonly requested: boolean;
  /** The last that it wrote on standard error, or why it could not be started. */
  readonly lastError: string | undefined;
}

/** A run that begins. */
export function beginRun(wish: StressWish, id: string, startedAtMs: number): StressRun {
  const { test, title, size, workers, steps } = stressOutline(wish);
  return { id, test, title, size, workers, state: 'running', startedAtMs, done: 0, total: steps, samples: [] };
}

/** The run after a line of its process. */
export function noteLine(run: StressRun, line: StressLine): StressRun {
  switch (line.type) {
    case 'progress': {
      const { done, sample } = line;
      if (sample === undefined) return { ...run, done };
      return { ...run, done, samples: [...run.samples, sample].slice(-STRESS_SAMPLES_MAX) };
    }
    case 'found':
      return { ...run, ...line.found };
    default:
      return line satisfies never;
  }
}

/** The run after the end of its process. One that ended without a verdict, and was not told to, has failed. */
export function endRun(run: StressRun, { atMs, requested, lastError }: StressEnd): StressRun {
  const ended = { ...run, endedAtMs: atMs };
  if (run.verdict !== undefined) return { ...ended, state: run.verdict.passed ? 'passed' : 'failed' };
  if (requested) return { ...ended, state: 'stopped' };
  const { promise: claim } = stressOutline(run);
  const findings = [lastError ?? 'the test ended before there was a verdict'];
  return { ...ended, state: 'failed', verdict: { passed: false, claim, findings } };
}
