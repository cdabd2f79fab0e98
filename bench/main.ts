/*
 * The process of the benchmark: options from the command line, steps on stderr, the report on stdout, the figures as
 * JSON and as plots in a folder.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { RESULTS_FOLDER, runBenchProcess } from './bench-process.ts';
import { runBenchmark } from './benchmark.ts';
import { findLoadGenerator } from './load/load-generator.ts';
import { machineText } from './machine.ts';
import { parseOptions, USAGE, type BenchmarkOptions } from './options.ts';
import { plotsOf } from './report/plots.ts';
import { summaryOf } from './report/summary.ts';
import { reportText, tablesMarkdown, type Setting } from './report/text.ts';
import { verdictsOn } from './report/verdicts.ts';

process.exit(await runBenchProcess({ usage: USAGE, parse: parseOptions, run: benchmark }));

async function benchmark(
  options: BenchmarkOptions,
  signal: AbortSignal,
  onStep: (text: string) => void,
): Promise<boolean> {
  const programsFolder = path.join(RESULTS_FOLDER, 'debian');
  const generator = await findLoadGenerator(programsFolder);
  const setting: Setting = {
    when: new Date().toISOString(),
    machine: machineText(),
    loadBefore: loadavg()[0] ?? 0,
    generator: generator.kind,
    options,
  };
  const result = await runBenchmark(options, {
    generator,
    scratchFolder: RESULTS_FOLDER,
    programsFolder,
    signal,
    onStep,
  });
  const summary = summaryOf(result.parts);
  const folder = options.resultsFolder ?? path.join(RESULTS_FOLDER, setting.when.replaceAll(':', '-'));
  await mkdir(folder, { recursive: true });
  const figures = { ...setting, verdicts: verdictsOn(result.parts), summary, ...result };
  await writeFile(path.join(folder, 'results.json'), `${JSON.stringify(figures, null, 2)}\n`);
  const report = reportText(setting, result);
  await writeFile(path.join(folder, 'report.txt'), `${report}\n`);
  await writeFile(path.join(folder, 'tables.md'), tablesMarkdown(result));
  for (const [name, svg] of Object.entries(plotsOf(summary))) await writeFile(path.join(folder, name), svg);
  process.stdout.write(`${report}\nfigures and plots: ${folder}\n`);
  return result.complaints.length === 0;
}
