/*
 * One part of the benchmark: one mix of requests, sent to one system by so many connections, as fast as these can or at
 * a fixed rate. The system is warmed up by the same load first.
 */
import { runLoad, type Load, type LoadGenerator, type MeasuredLoad } from '../load/load-generator.ts';
import type { System } from '../system/system.ts';
import type { Mix } from '../workload.ts';
import { groupingBetween, type Grouping } from './counters.ts';
import { treesCpuMs } from './cpu.ts';

/** What is measured when. */
export interface PartKey {
  readonly system: string;
  readonly mix: Mix;
  readonly connections: number;
  /** From 1. */
  readonly round: number;
  /** Requests a second, at a fixed rate; undefined for as many as possible. */
  readonly rate: number | undefined;
}

/** What was measured of a system. */
export interface PartResult extends PartKey {
  readonly load: MeasuredLoad;
  /** Answered while the system was warmed up. */
  readonly warmUp: MeasuredLoad;
  /** Processor time for a thousand requests, in milliseconds, by process; undefined where that cannot be told. */
  readonly cpuMsPerThousand: Readonly<Record<string, number | undefined>>;
  /** Further replicas asked because an answer was late, for a thousand requests. */
  readonly hedgesPerThousand: number | undefined;
  readonly grouping: Grouping | undefined;
}

/** How a part is measured. */
export interface PartOptions {
  readonly generator: LoadGenerator;
  readonly requestsFile: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly signal: AbortSignal;
}

/** Measures one part. @throws when the load generator or the system fails altogether. */
export async function measurePart(system: System, key: PartKey, options: PartOptions): Promise<PartResult> {
  const { generator, requestsFile, seconds, warmUpSeconds, signal } = options;
  const { connections, rate } = key;
  const load: Load = { urls: system.urls, requestsFile, connections, rate, seconds };
  const warmUp = await runLoad(generator, { ...load, seconds: warmUpSeconds }, signal);
  const countersBefore = await system.counters?.();
  const cpuBefore = cpuOf(system);
  const measured = await runLoad(generator, load, signal);
  const cpuAfter = cpuOf(system);
  const countersAfter = await system.counters?.();
  const isCounted = countersBefore !== undefined && countersAfter !== undefined;
  const perThousand = (amount: number) => (amount / measured.requests) * 1_000;
  return {
    ...key,
    load: measured,
    warmUp,
    cpuMsPerThousand: Object.fromEntries(
      system.processes.map(({ name, pid }) => {
        const [before, after] = [cpuBefore.get(pid), cpuAfter.get(pid)];
        return [name, before === undefined || after === undefined ? undefined : perThousand(after - before)];
      }),
    ),
    hedgesPerThousand: isCounted ? perThousand(countersAfter.hedges - countersBefore.hedges) : undefined,
    grouping: isCounted ? groupingBetween(countersBefore, countersAfter) : undefined,
  };
}

function cpuOf({ processes }: System): ReadonlyMap<number, number | undefined> {
  return treesCpuMs(processes.map(({ pid }) => pid));
}
