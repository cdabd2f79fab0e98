/*
 * The process of the benchmark of scale: steps on stderr, the report on stdout, the figures as JSON in a file.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { RESULTS_FOLDER, runBenchProcess } from '../bench-process.ts';
import { findLoadGenerator } from '../load/load-generator.ts';
import { machineText } from '../machine.ts';
import { runScaleBenchmark } from './benchmark.ts';
import { parseScaleOptions, SCALE_USAGE, type ScaleOptions } from './options.ts';
import { projectionsOf, scaleReport, scaleSummaries } from './report.ts';

process.exit(await runBenchProcess({ usage: SCALE_USAGE, parse: parseScaleOptions, run: benchmark }));

async function benchmark(options: ScaleOptions, signal: AbortSignal, onStep: (text: string) => void): Promise<boolean> {
  const when = new Date().toISOString();
  const setting = { when, machine: machineText(), loadBefore: loadavg()[0] ?? 0, options };
  const generator = await findLoadGenerator(path.join(RESULTS_FOLDER, 'debian'));
  const result = await runScaleBenchmark(options, { generator, scratchFolder: RESULTS_FOLDER, signal, onStep });
  const file = options.resultFile ?? path.join(RESULTS_FOLDER, `scale-${when.replaceAll(':', '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  const figures = { ...setting, summary: scaleSummaries(result.parts), projections: projectionsOf(result), ...result };
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  const head = `${setting.machine}; a load of ${setting.loadBefore.toFixed(1)} before`;
  process.stdout.write(`${head}\n${scaleReport(result)}\nfigures: ${file}\n`);
  return result.complaints.length === 0;
}
