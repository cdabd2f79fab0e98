/*
 * The process of the benchmark: options from the command line, steps on stderr, the report on stdout, the figures as
 * JSON in a file.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { RESULTS_FOLDER, runBenchProcess } from './bench-process.ts';
import { runBenchmark } from './benchmark.ts';
import { findLoadGenerator } from './load/load-generator.ts';
import { machineText } from './machine.ts';
import { parseOptions, USAGE, type BenchmarkOptions } from './options.ts';
import { summaryOf } from './report/summary.ts';
import { reportText, type Setting } from './report/text.ts';

process.exit(await runBenchProcess({ usage: USAGE, parse: parseOptions, run: benchmark }));

async function benchmark(
  options: BenchmarkOptions,
  signal: AbortSignal,
  onStep: (text: string) => void,
): Promise<boolean> {
  const generator = findLoadGenerator();
  const setting: Setting = {
    when: new Date().toISOString(),
    machine: machineText(),
    loadBefore: loadavg()[0] ?? 0,
    generator,
    options,
  };
  const result = await runBenchmark(options, {
    generator,
    scratchFolder: RESULTS_FOLDER,
    signal,
    onStep,
  });
  const summary = summaryOf(result.pairs);
  const file = options.resultFile ?? path.join(RESULTS_FOLDER, `${setting.when.replaceAll(':', '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...setting, summary, ...result }, null, 2)}\n`);
  process.stdout.write(`${reportText(setting, summary, result)}\nfigures: ${file}\n`);
  return result.complaints.length === 0;
}
