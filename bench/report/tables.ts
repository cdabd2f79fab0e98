/*
 * The tables of a report, however they are shown: one for each load, and that of the wanted ratios. Pure.
 */
import type { PartResult } from '../measure/part.ts';
import { MIX_TITLES } from '../workload.ts';
import { medianOf } from './statistics.ts';
import { ratiosWithinRounds, summaryOf, type LoadSummary, type PartSummary } from './summary.ts';
import { shown } from './table.ts';
import { verdictsOn } from './verdicts.ts';

/** A table with its title; the first row names the columns. */
interface ReportTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
  /** What else is to say of it, if anything. */
  readonly note: string | undefined;
}

/** All tables, in the order of a report. */
export function tablesOf(parts: readonly PartResult[]): readonly ReportTable[] {
  return [...summaryOf(parts).map((summary) => loadTable(summary, parts)), verdictTable(parts)];
}

function loadTable(summary: LoadSummary, parts: readonly PartResult[]): ReportTable {
  const { mix, connections, isAtFixedRate, systems } = summary;
  const at = isAtFixedRate ? ', at half of the rate that Trolley takes at most' : '';
  const trolley = systems.find(({ system }) => system === 'trolley');
  const isCounted = trolley?.entriesPerCommit !== undefined || trolley?.operationsPerReadBatch !== undefined;
  return {
    title: `${MIX_TITLES[mix]}, ${connections} connections${at}`,
    rows: [
      ['', 'req/s', 'p50 ms', 'p99 ms', 'Trolley is (rounds)', 'CPU ms / 1,000 requests', 'load, cores'],
      ...systems.map((system) => row(system, ratioText(system.system, summary, parts))),
    ],
    note: isCounted ? groupingText(trolley) : undefined,
  };
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
    `operations in a batch: read lane ${shown(trolley.operationsPerReadBatch, 1)}, ` +
    `write lane ${shown(trolley.operationsPerWriteBatch, 1)}; ` +
    `journal entries in a group commit: ${shown(trolley.entriesPerCommit, 1)}; ` +
    `hedged reads for 1,000 requests: ${shown(trolley.hedgesPerThousand, 1)}`
  );
}

function verdictTable(parts: readonly PartResult[]): ReportTable {
  const rows = verdictsOn(parts).map(({ what, beside, figure, bound, ratio, ratios, outcome }) => [
    what,
    beside,
    `${figure === 'throughput' ? 'at least' : 'at most'} ${shown(bound, 2)}`,
    ratio === undefined ? '-' : `${shown(ratio, 2)} (${roundsText(ratios)})`,
    outcome,
  ]);
  return {
    title: 'wanted, as Trolley / the other, within each round',
    rows: [['', 'beside', 'wanted', 'came out (rounds)', ''], ...rows],
    note: undefined,
  };
}

function roundsText(ratios: readonly number[]): string {
  return ratios.map((ratio) => shown(ratio, 2)).join(', ');
}
