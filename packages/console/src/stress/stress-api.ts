/*
 * The calls about stress tests, and what they answer.
 */
import { ApiProblem } from '../api/problem.ts';
import { send } from '../api/send.ts';

/** What was going on at some moment. */
export interface Sample {
  readonly atMs: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A run of a test, under way or over. */
export interface StressRun {
  readonly id: string;
  readonly test: number;
  readonly title: string;
  readonly size: number;
  readonly workers: number;
  readonly state: 'running' | 'passed' | 'failed' | 'stopped';
  readonly startedAtMs: number;
  readonly endedAtMs?: number | null;
  readonly done: number;
  readonly total: number;
  readonly samples: readonly Sample[];
  readonly latencies?: Readonly<Record<'p50Ms' | 'p90Ms' | 'p99Ms' | 'p999Ms' | 'mostMs', number>> | null;
  readonly outcomes?: Readonly<Record<string, number>> | null;
  readonly verdict?: { readonly passed: boolean; readonly claim: string; readonly findings: readonly string[] } | null;
}

/** A test that is wished for. */
export interface StressWish {
  readonly test: number;
  readonly size: number;
  readonly workers: number;
}

/** Starts a run. @throws ApiProblem 409 while another one runs */
export async function startRun(wish: StressWish): Promise<StressRun> {
  return (await send<StressRun>('/stress', { method: 'POST', body: wish, asOperator: true })).body;
}

/** The latest run; null when there was none. */
export async function latestRun(signal: AbortSignal): Promise<StressRun | null> {
  return (await send<{ readonly run: StressRun | null }>('/stress', { signal, asOperator: true })).body.run;
}

/** A run; null when it is not known any more. */
export async function findRun(id: string, signal: AbortSignal): Promise<StressRun | null> {
  try {
    return (await send<StressRun>(`/stress/${encodeURIComponent(id)}`, { signal, asOperator: true })).body;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** Asks a run to stop; it does so soon after. */
export async function stopRun(id: string): Promise<void> {
  await send(`/stress/${encodeURIComponent(id)}`, { method: 'DELETE', asOperator: true });
}
