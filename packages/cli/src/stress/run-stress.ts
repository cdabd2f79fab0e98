/*
 * One run of a stress test from beginning to end: puts up its items, lets the clients loose, reads what is there
 * afterwards, judges, and takes everything down again, also when it is stopped on the way.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { GatewayClient } from '../gateway-client.ts';
import { pause } from '../pause.ts';
import { GatewayPool } from './gateway-pool.ts';
import type { Operation } from './history.ts';
import { judge, type Verdict } from './judge-test.ts';
import type { RunProgress } from './progress-line.ts';
import { gatherEvidence, probe, putUp, takeDown, type StageTools } from './stage-items.ts';
import { StressClient } from './stress-client.ts';
import type { StressPlan } from './stress-plan.ts';
import { runWorkload } from './workloads.ts';

const PROGRESS_INTERVAL_MS = 200;

export interface RunTools {
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the clients; what they made is then taken down, and nothing is judged. */
  readonly stopping: AbortSignal;
  /** Ends the taking down as well. */
  readonly leaving: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
}

export interface RunResult {
  readonly history: readonly Operation[];
  readonly durationMs: number;
  /** Undefined when the run was stopped. */
  readonly verdict: Verdict | undefined;
  /** Items that could not be removed. */
  readonly left: readonly string[];
}

/** Runs a test. @throws CommandFailure when it could not begin */
export async function runStress(
  plan: StressPlan,
  gateways: readonly GatewayClient[],
  tools: RunTools,
): Promise<RunResult> {
  const { clock, random, stopping, leaving } = tools;
  const onProgress = (doing: string, done: number, total: number): void =>
    tools.onProgress({ kind: 'chore', doing, done, total });
  const stage = (signal: AbortSignal): StageTools => ({
    pool: new GatewayPool(gateways, { clock, random, signal }),
    clock,
    signal,
    onProgress,
  });
  const running = stage(stopping);
  const client = new StressClient(running.pool, clock);
  let durationMs = 0;
  let verdict: Verdict | undefined;
  let left: readonly string[] = [];
  try {
    await putUp(plan, running);
    durationMs = await letLoose(plan, client, tools);
    if (!stopping.aborted) {
      const evidence = await gatherEvidence(plan, running);
      const probed = await probe(plan, running);
      const { unexpected } = running.pool;
      if (!stopping.aborted) verdict = judge(plan, { history: client.history, evidence, probe: probed, unexpected });
    }
  } finally {
    left = await takeDown(plan, stage(leaving));
  }
  return { history: client.history, durationMs, verdict: withLeft(verdict, left), left };
}

/** An item that cannot be removed is in somebody's hands for good, or as good as. */
function withLeft(verdict: Verdict | undefined, left: readonly string[]): Verdict | undefined {
  if (verdict === undefined || left.length === 0) return verdict;
  return { passed: false, violations: [...verdict.violations, ...left.map((item) => `${item} could not be removed`)] };
}

/** Lets the clients loose until they are done. @returns how long that took, in milliseconds */
async function letLoose(plan: StressPlan, client: StressClient, tools: RunTools): Promise<number> {
  const { clock, random, stopping } = tools;
  const startMs = clock.monotonicMs();
  let steps = 0;
  const step = (): boolean => {
    if (steps >= plan.steps || stopping.aborted) return false;
    steps += 1;
    return true;
  };
  const finished = new AbortController();
  const telling = tellProgress();
  try {
    await runWorkload({ plan, client, random, step });
  } finally {
    finished.abort();
    await telling;
  }
  return clock.monotonicMs() - startMs;

  async function tellProgress(): Promise<void> {
    while (!finished.signal.aborted) {
      const elapsedMs = clock.monotonicMs() - startMs;
      tools.onProgress({ kind: 'load', plan, done: steps, elapsedMs, history: client.history });
      await pause(clock, PROGRESS_INTERVAL_MS, finished.signal);
    }
  }
}
