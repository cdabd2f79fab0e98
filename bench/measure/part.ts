/*
 * One part of the benchmark: one call, sent to one subject as fast as so many connections can. The subject is warmed
 * up by the same load first.
 */
import { runLoad, type Load, type LoadGenerator, type MeasuredLoad } from '../load/load-generator.ts';
import type { Server } from '../system/process.ts';
import { processCpuMs } from './cpu.ts';
import { groupingBetween, type Counters, type Grouping } from './counters.ts';

/** What is measured: the processes that work, and the counters that they keep, if any. */
export interface Subject {
  readonly name: string;
  /** Where the requests go. */
  readonly url: string;
  readonly processes: readonly Server[];
  readonly counters: (() => Promise<Counters>) | undefined;
}

/** What was measured of a subject. */
export interface PartResult {
  readonly load: MeasuredLoad;
  /** Answered while the subject was warmed up. */
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
  readonly load: Omit<Load, 'url'>;
  readonly warmUpSeconds: number;
  readonly signal: AbortSignal;
}

/** Measures one part. @throws when the load generator or the subject fails altogether. */
export async function measurePart(subject: Subject, options: PartOptions): Promise<PartResult> {
  const { generator, warmUpSeconds, signal } = options;
  const load = { ...options.load, url: subject.url };
  const warmUp = await runLoad(generator, { ...load, seconds: warmUpSeconds }, signal);
  const countersBefore = await subject.counters?.();
  const cpuBefore = cpuOf(subject);
  const measured = await runLoad(generator, load, signal);
  const cpuAfter = cpuOf(subject);
  const countersAfter = await subject.counters?.();
  const isCounted = countersBefore !== undefined && countersAfter !== undefined;
  const perThousand = (amount: number) => (amount / measured.requests) * 1_000;
  return {
    load: measured,
    warmUp,
    cpuMsPerThousand: Object.fromEntries(
      subject.processes.map(({ name }) => {
        const [before, after] = [cpuBefore.get(name), cpuAfter.get(name)];
        return [name, before === undefined || after === undefined ? undefined : perThousand(after - before)];
      }),
    ),
    hedgesPerThousand: isCounted ? perThousand(countersAfter.hedges - countersBefore.hedges) : undefined,
    grouping: isCounted ? groupingBetween(countersBefore, countersAfter) : undefined,
  };
}

function cpuOf({ processes }: Subject): ReadonlyMap<string, number | undefined> {
  return new Map(processes.map(({ name, pid }) => [name, processCpuMs(pid)]));
}
