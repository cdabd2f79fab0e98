/*
 * What the rounds come to: medians of each figure, and the ratio to the bare handler taken pair by pair, so that a
 * machine that is slower for a while does not count against one side only. Pure.
 */
import type { Pair } from '../benchmark.ts';
import type { PartResult } from '../measure/part.ts';
import { medianOf, ratiosOf } from './statistics.ts';

/** The medians of one subject under one call. */
export interface SubjectSummary {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** By process; undefined where processor time cannot be told. */
  readonly cpuMsPerThousand: Readonly<Record<string, number | undefined>>;
  /** Share of one core that the load generator took: near 1 it was the bottleneck. */
  readonly generatorCores: number | undefined;
  readonly hedgesPerThousand: number | undefined;
  readonly operationsPerReadBatch: number | undefined;
  readonly operationsPerWriteBatch: number | undefined;
  readonly entriesPerCommit: number | undefined;
}

/** One call on both subjects. */
export interface CallSummary {
  readonly call: string;
  readonly trolley: SubjectSummary;
  readonly bare: SubjectSummary;
  /** Requests a second, as a share of the bare handler's: the median, and each round's. */
  readonly throughputRatio: number;
  readonly throughputRatios: readonly number[];
  /** Processor time for a request, all processes together, as a multiple of the bare handler's. */
  readonly cpuRatio: number | undefined;
}

/** Summarises the rounds, call by call. */
export function summaryOf(pairs: readonly Pair[]): readonly CallSummary[] {
  const byCall = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const name = `${pair.call.method} ${pair.call.route}`;
    byCall.set(name, [...(byCall.get(name) ?? []), pair]);
  }
  return [...byCall].map(([call, rounds]) => callSummary(call, rounds));
}

function callSummary(call: string, pairs: readonly Pair[]): CallSummary {
  const trolley = pairs.map((pair) => pair.trolley);
  const bare = pairs.map((pair) => pair.bare);
  const throughputRatios = ratiosOf(trolley.map(throughput), bare.map(throughput));
  const cpu = pairs.map((pair) => [totalCpu(pair.trolley), totalCpu(pair.bare)] as const);
  return {
    call,
    trolley: subjectSummary(trolley),
    bare: subjectSummary(bare),
    throughputRatio: medianOf(throughputRatios),
    throughputRatios,
    cpuRatio: medianIfAll(
      cpu.map(([own, reference]) => (own === undefined || !reference ? undefined : own / reference)),
    ),
  };
}

function throughput({ load }: PartResult): number {
  return load.requestsPerSecond;
}

function subjectSummary(parts: readonly PartResult[]): SubjectSummary {
  const median = (figure: (part: PartResult) => number | undefined) => medianIfAll(parts.map(figure));
  const processes = Object.keys(parts[0]?.cpuMsPerThousand ?? {});
  return {
    requestsPerSecond: medianOf(parts.map(({ load }) => load.requestsPerSecond)),
    p50Ms: medianOf(parts.map(({ load }) => load.p50Ms)),
    p99Ms: medianOf(parts.map(({ load }) => load.p99Ms)),
    cpuMsPerThousand: Object.fromEntries(
      processes.map((name) => [name, median(({ cpuMsPerThousand }) => cpuMsPerThousand[name])]),
    ),
    generatorCores: median(generatorCores),
    hedgesPerThousand: median(({ hedgesPerThousand }) => hedgesPerThousand),
    operationsPerReadBatch: median(({ grouping }) => grouping?.operationsPerReadBatch),
    operationsPerWriteBatch: median(({ grouping }) => grouping?.operationsPerWriteBatch),
    entriesPerCommit: median(({ grouping }) => grouping?.entriesPerCommit),
  };
}

function generatorCores({ load }: PartResult): number | undefined {
  if (load.generatorCpuMs === undefined) return undefined;
  return load.generatorCpuMs / 1_000 / (load.requests / load.requestsPerSecond);
}

function totalCpu({ cpuMsPerThousand }: PartResult): number | undefined {
  return Object.values(cpuMsPerThousand).reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

/** The median; undefined when a value is not known. */
function medianIfAll(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? medianOf(known) : undefined;
}
