/*
 * The results as text for a terminal or a file: a table for each call, and how work was put together. Pure.
 */
import type { BenchmarkResult } from '../benchmark.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import type { CallSummary, SubjectSummary } from './summary.ts';
import { shown, table } from './table.ts';

/** Where and how it was measured. */
export interface Setting {
  readonly when: string;
  readonly machine: string;
  /** Processes that wanted a core in the minute before: what else went on there. Near 0 when it was quiet. */
  readonly loadBefore: number;
  readonly generator: LoadGenerator;
  readonly options: { readonly seconds: number; readonly connections: number; readonly rounds: number };
}

/** The whole report. */
export function reportText(setting: Setting, summaries: readonly CallSummary[], result: BenchmarkResult): string {
  const { generator, options, machine, loadBefore } = setting;
  return [
    `${options.connections} connections, ${options.rounds} rounds of ${options.seconds} s for each part, medians; ${machine}`,
    generatorText(generator),
    `other work on the machine before: a load of ${shown(loadBefore, 1)}`,
    `a durable write of 4 KiB on this disk: ${shown(result.durableWriteMs, 2)} ms`,
    '',
    ...summaries.flatMap((summary) => [...callText(summary), '']),
    answersText(result),
  ].join('\n');
}

function generatorText(generator: LoadGenerator): string {
  switch (generator) {
    case 'wrk':
      return 'load from wrk';
    case 'built-in':
      return (
        'load from the built-in generator, since wrk is not installed (Debian: apt-get install wrk): it costs several ' +
        'times what wrk does, and lowers the figures and the differences between them'
      );
    default:
      return generator satisfies never;
  }
}

function callText({ call, trolley, bare, throughputRatio, throughputRatios, cpuRatio }: CallSummary): string[] {
  const rounds = throughputRatios.map((ratio) => shown(ratio, 3)).join(', ');
  return [
    call,
    ...table([
      ['', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms / 1,000 requests', 'load generator, cores'],
      ['trolley', ...figures(trolley)],
      ['bare hono', ...figures(bare)],
    ]),
    `  throughput ${shown(throughputRatio, 3)} of bare hono (rounds: ${rounds}); CPU ${shown(cpuRatio, 1)} times`,
    `  operations in a batch: read lane ${shown(trolley.operationsPerReadBatch, 1)}, ` +
      `write lane ${shown(trolley.operationsPerWriteBatch, 1)}; ` +
      `journal entries in a group commit: ${shown(trolley.entriesPerCommit, 1)}; ` +
      `hedged reads for 1,000 requests: ${shown(trolley.hedgesPerThousand, 1)}`,
  ];
}

function figures(summary: SubjectSummary): string[] {
  const { requestsPerSecond, p50Ms, p99Ms, cpuMsPerThousand, generatorCores } = summary;
  const cpu = Object.entries(cpuMsPerThousand).map(([name, value]) => `${name} ${shown(value, 0)}`);
  return [shown(requestsPerSecond, 0), shown(p50Ms, 2), shown(p99Ms, 2), cpu.join(', '), shown(generatorCores, 2)];
}

function answersText({ complaints, counters }: BenchmarkResult): string {
  if (complaints.length > 0) return `WRONG ANSWERS: ${complaints.join('; ')}`;
  const { additions, coordinatorFallbacks } = counters;
  return (
    `answers: no request failed; ${shown(additions, 0)} additions acknowledged, and as many units in the carts; ` +
    `${coordinatorFallbacks} coordinator fallbacks`
  );
}
