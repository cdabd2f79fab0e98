/*
 * The results as text for a terminal or a file: a table for each load, how work was put together, the wanted ratios. Pure.
 */
import type { BenchmarkResult } from '../benchmark.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import type { PartResult } from '../measure/part.ts';
import { DESCRIPTIONS } from '../system/system-names.ts';
import { MIX_TITLES } from '../workload.ts';
import { medianOf } from './statistics.ts';
import { ratiosWithinRounds, summaryOf, type LoadSummary, type PartSummary } from './summary.ts';
import { shown, table } from './table.ts';
import { verdictsOn, type Verdict } from './verdicts.ts';

/** Where and how it was measured. */
export interface Setting {
  readonly when: string;
  readonly machine: string;
  /** Processes that wanted a core in the minute before: what else went on there. Near 0 when it was quiet. */
  readonly loadBefore: number;
  readonly generator: LoadGenerator['kind'];
  readonly options: { readonly seconds: number; readonly rounds: number };
}

/** The whole report. */
export function reportText(setting: Setting, result: BenchmarkResult): string {
  const { generator, options, machine, loadBefore } = setting;
  return [
    `${options.rounds} rounds of ${options.seconds} s for each part, medians; ${machine}`,
    GENERATOR_TEXTS[generator],
    `other work on the machine before: a load of ${shown(loadBefore, 1)}`,
    `a durable write of 4 KiB on this disk: ${shown(result.durableWriteMs, 2)} ms`,
    '',
    ...systemsText(result),
    '',
    ...summaryOf(result.parts).flatMap((summary) => [...loadText(summary, result.parts), '']),
    'wanted, as Trolley / the other, within each round',
    ...verdictsText(verdictsOn(result.parts)),
    '',
    answersText(result),
  ].join('\n');
}

const GENERATOR_TEXTS: Readonly<Record<LoadGenerator['kind'], string>> = {
  wrk: 'load from wrk; at a fixed rate from a generator of our own',
  'built-in':
    'load from the built-in generator, since wrk is not to be had (Debian: apt-get install wrk): it costs several ' +
    'times what wrk does, and lowers the figures and the differences between them',
};

function systemsText({ systems, leftOut }: BenchmarkResult): readonly string[] {
  return table([
    ...systems.map(({ name, version }) => [name, descriptionOf(name), version ?? '']),
    ...leftOut.map(({ name, reason }) => [name, `left out: ${reason}`, '']),
  ]);
}

function descriptionOf(name: string): string {
  return Object.entries(DESCRIPTIONS).find(([each]) => each === name)?.[1] ?? '';
}

function loadText(summary: LoadSummary, parts: readonly PartResult[]): readonly string[] {
  const { mix, connections, isAtFixedRate, systems } = summary;
  const at = isAtFixedRate ? ', at half of the rate that Trolley takes at most' : '';
  const trolley = systems.find(({ system }) => system === 'trolley');
  return [
    `${MIX_TITLES[mix]}, ${connections} connections${at}`,
    ...table([
      ['', 'req/s', 'p50 ms', 'p99 ms', 'Trolley is (rounds)', 'CPU ms / 1,000 requests', 'load, cores'],
      ...systems.map((system) => row(system, ratioText(system.system, summary, parts))),
    ]),
    ...(trolley?.entriesPerCommit === undefined && trolley?.operationsPerReadBatch === undefined
      ? []
      : [groupingText(trolley)]),
  ];
}

function ratioText(system: string, summary: LoadSummary, parts: readonly PartResult[]): string {
  if (system === 'trolley') return '';
  const figure = ({ load }: PartResult) => (summary.isAtFixedRate ? load.p99Ms : load.requestsPerSecond);
  const ratios = ratiosWithinRounds(parts, summary, ['trolley', system], figure);
  if (ratios.length === 0) return '-';
  const what = summary.isAtFixedRate ? ' in p99' : '';
  return `${shown(medianOf(ratios), 2)}${what} (${roundsText(ratios)})`;
}

function row(summary: PartSummary, ratio: string): readonly string[] {
  const { system, requestsPerSecond, p50Ms, p99Ms, cpuMsPerThousand, totalCpuMsPerThousand, generatorCores } = summary;
  const each = Object.entries(cpuMsPerThousand).map(([name, value]) => `${name} ${shown(value, 0)}`);
  return [
    system,
    shown(requestsPerSecond, 0),
    shown(p50Ms, 2),
    shown(p99Ms, 2),
    ratio,
    `${shown(totalCpuMsPerThousand, 0)}: ${each.join(', ')}`,
    shown(generatorCores, 2),
  ];
}

function groupingText(trolley: PartSummary): string {
  return (
    `  operations in a batch: read lane ${shown(trolley.operationsPerReadBatch, 1)}, ` +
    `write lane ${shown(trolley.operationsPerWriteBatch, 1)}; ` +
    `journal entries in a group commit: ${shown(trolley.entriesPerCommit, 1)}; ` +
    `hedged reads for 1,000 requests: ${shown(trolley.hedgesPerThousand, 1)}`
  );
}

function verdictsText(verdicts: readonly Verdict[]): readonly string[] {
  return table([
    ['', 'beside', 'wanted', 'came out (rounds)', ''],
    ...verdicts.map(({ what, beside, figure, bound, ratio, ratios, outcome }) => [
      what,
      beside,
      `${figure === 'throughput' ? 'at least' : 'at most'} ${shown(bound, 2)}`,
      ratio === undefined ? '-' : `${shown(ratio, 2)} (${roundsText(ratios)})`,
      outcome,
    ]),
  ]);
}

function roundsText(ratios: readonly number[]): string {
  return ratios.map((ratio) => shown(ratio, 2)).join(', ');
}

function answersText({ complaints, unitsAdded }: BenchmarkResult): string {
  if (complaints.length > 0) return `WRONG ANSWERS: ${complaints.join('; ')}`;
  const units = Object.entries(unitsAdded).map(([name, added]) => `${name} ${shown(added, 0)}`);
  return `answers: no request failed; exactly as many units in the carts as were acknowledged: ${units.join(', ')}`;
}
