/*
 * The results as text for a terminal or a file: what was measured where, the tables, and whether the answers were right.
 * Pure.
 */
import type { BenchmarkResult } from '../benchmark.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import { DESCRIPTIONS } from '../system/system-names.ts';
import { shown, table } from './table.ts';
import { tablesOf } from './tables.ts';

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
    ...tablesOf(result.parts).flatMap(({ title, rows, note }) => [
      title,
      ...table(rows),
      ...(note === undefined ? [] : [`  ${note}`]),
      '',
    ]),
    answersText(result),
  ].join('\n');
}

/** The tables alone, as Markdown: what docs/performance.md shows of a run. */
export function tablesMarkdown({ parts }: BenchmarkResult): string {
  const lines = tablesOf(parts).flatMap(({ title, rows: [head = [], ...rows], note }) => [
    `### ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
    '',
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...(note === undefined ? [] : [`Trolley's ${note}.`, '']),
  ]);
  return `${lines.join('\n').trimEnd()}\n`;
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

function answersText({ complaints, unitsAdded }: BenchmarkResult): string {
  if (complaints.length > 0) return `WRONG ANSWERS: ${complaints.join('; ')}`;
  const units = Object.entries(unitsAdded).map(([name, added]) => `${name} ${shown(added, 0)}`);
  return `answers: no request failed; exactly as many units in the carts as were acknowledged: ${units.join(', ')}`;
}
