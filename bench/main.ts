/*
 * The process of the benchmark: options from the command line, steps on stderr, the report on stdout, the figures as
 * JSON in a file. Ends with 1 when an answer was wrong; Ctrl-C ends everything that was started.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBenchmark } from './benchmark.ts';
import { findLoadGenerator } from './load/load-generator.ts';
import { machineText } from './machine.ts';
import { OptionsError, parseOptions, USAGE, type BenchmarkOptions } from './options.ts';
import { summaryOf } from './report/summary.ts';
import { reportText, type Setting } from './report/text.ts';

/** Beside the sources, so that the data are on the same disk as these; git ignores it. */
const RESULTS_FOLDER = fileURLToPath(new URL('../results', import.meta.url));
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

process.exit(await main());

async function main(): Promise<number> {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort());
  process.on('SIGTERM', () => interrupted.abort());
  try {
    return await benchmark(parseOptions(process.argv.slice(2)), interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
    if (error instanceof OptionsError) {
      process.stderr.write(`${error.message}\n${USAGE}\n`);
      return EXIT_USAGE;
    }
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
}

async function benchmark(options: BenchmarkOptions, signal: AbortSignal): Promise<number> {
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
    onStep: (text) => process.stderr.write(`${text}\n`),
  });
  const summary = summaryOf(result.pairs);
  const file = options.resultFile ?? path.join(RESULTS_FOLDER, `${setting.when.replaceAll(':', '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...setting, summary, ...result }, null, 2)}\n`);
  process.stdout.write(`${reportText(setting, summary, result)}\nfigures: ${file}\n`);
  return result.complaints.length === 0 ? 0 : 1;
}
