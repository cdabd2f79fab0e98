/*
 * What the rounds come to: medians of each figure, and ratios to Trolley taken within each round, so that a machine that
 * is slower for a while does not count against one side only. Pure.
 */
import type { PartResult } from '../measure/part.ts';
import type { Mix } from '../workload.ts';
import { medianOf, ratiosOf } from './statistics.ts';

/** The medians of one system under one load. */
export interface PartSummary {
  readonly system: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** By process; undefined where processor time cannot be told. */
  readonly cpuMsPerThousand: Readonly<Record<string, number | undefined>>;
  /** Of all processes together. */
  readonly totalCpuMsPerThousand: number | undefined;
  /** Share of one core that the load generator took: near 1 it was the bottleneck. */
  readonly generatorCores: number | undefined;
  readonly hedgesPerThousand: number | undefined;
  readonly operationsPerReadBatch: number | undefined;
  readonly operationsPerWriteBatch: number | undefined;
  readonly entriesPerCommit: number | undefined;
}

/** One load on all systems. */
export interface LoadSummary {
  readonly mix: Mix;
  readonly connections: number;
  /** Whether the requests came at a fixed rate, half of what Trolley took at most in the same round. */
  readonly isAtFixedRate: boolean;
  readonly systems: readonly PartSummary[];
}

/** Summarises the rounds, load by load, in the order in which they were measured. */
export function summaryOf(parts: readonly PartResult[]): readonly LoadSummary[] {
  const byLoad = groupedBy(parts, ({ mix, connections, rate }) => `${mix} ${connections} ${rate !== undefined}`);
  const ordered = byLoad.toSorted(([a], [b]) => Number(a?.rate !== undefined) - Number(b?.rate !== undefined));
  return ordered.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { mix, connections, rate } = first;
    const systems = groupedBy(group, ({ system }) => system).map(partSummary);
    return [{ mix, connections, isAtFixedRate: rate !== undefined, systems }];
  });
}

/** Which load a ratio is taken under. */
export interface LoadChoice {
  readonly mix: Mix;
  readonly connections: number;
  readonly isAtFixedRate?: boolean;
}

/** A figure of one system divided by that of another in the same round, for each round; empty when one was not measured. */
export function ratiosWithinRounds(
  parts: readonly PartResult[],
  { mix, connections, isAtFixedRate = false }: LoadChoice,
  [system, reference]: readonly [string, string],
  figure: (part: PartResult) => number | undefined,
): readonly number[] {
  const of = (name: string) =>
    parts
      .filter((part) => part.system === name && part.mix === mix && part.connections === connections)
      .filter((part) => (part.rate !== undefined) === isAtFixedRate)
      .toSorted((a, b) => a.round - b.round)
      .map(figure)
      .filter((value) => value !== undefined);
  const [values, references] = [of(system), of(reference)];
  return values.length === references.length ? ratiosOf(values, references) : [];
}

/** Processor time for a thousand requests, of all processes together; undefined where that cannot be told. */
export function totalCpu({ cpuMsPerThousand }: Pick<PartResult, 'cpuMsPerThousand'>): number | undefined {
  return Object.values(cpuMsPerThousand).reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

function partSummary(parts: readonly PartResult[]): PartSummary {
  const median = (figure: (part: PartResult) => number | undefined) => medianIfAll(parts.map(figure));
  const processes = Object.keys(parts[0]?.cpuMsPerThousand ?? {});
  return {
    system: parts[0]?.system ?? '',
    requestsPerSecond: medianOf(parts.map(({ load }) => load.requestsPerSecond)),
    p50Ms: medianOf(parts.map(({ load }) => load.p50Ms)),
    p99Ms: medianOf(parts.map(({ load }) => load.p99Ms)),
    cpuMsPerThousand: Object.fromEntries(
      processes.map((name) => [name, median(({ cpuMsPerThousand }) => cpuMsPerThousand[name])]),
    ),
    totalCpuMsPerThousand: median(totalCpu),
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

/** The median; undefined when a value is not known. */
function medianIfAll(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? medianOf(known) : undefined;
}

/** Groups in the order of their first items. */
function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
