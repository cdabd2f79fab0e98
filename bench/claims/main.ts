/*
 * The process of the benchmark of claims: steps on stderr, the report on stdout, the figures as JSON in a file. Ends
 * with 1 when an answer was wrong; Ctrl-C ends everything that was started.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { machineText } from '../machine.ts';
import { OptionsError } from '../options.ts';
import { runClaimBenchmark } from './benchmark.ts';
import { CLAIM_USAGE, parseClaimOptions, type ClaimOptions } from './options.ts';
import { claimComplaints, claimReport, claimSummaries } from './report.ts';

/** Beside the sources, so that the data are on the same disk as these; git ignores it. */
const RESULTS_FOLDER = fileURLToPath(new URL('../../results', import.meta.url));
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

process.exit(await main());

async function main(): Promise<number> {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort());
  process.on('SIGTERM', () => interrupted.abort());
  try {
    return await benchmark(parseClaimOptions(process.argv.slice(2)), interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
    if (error instanceof OptionsError) {
      process.stderr.write(`${error.message}\n${CLAIM_USAGE}\n`);
      return EXIT_USAGE;
    }
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
}

async function benchmark(options: ClaimOptions, signal: AbortSignal): Promise<number> {
  const when = new Date().toISOString();
  const setting = { when, machine: machineText(), loadBefore: loadavg()[0] ?? 0, options };
  const result = await runClaimBenchmark(options, {
    scratchFolder: RESULTS_FOLDER,
    signal,
    onStep: (text) => process.stderr.write(`${text}\n`),
  });
  const file = options.resultFile ?? path.join(RESULTS_FOLDER, `claims-${when.replaceAll(':', '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  const figures = { ...setting, summary: claimSummaries(result.distinct), ...result };
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(
    `${setting.machine}; a load of ${setting.loadBefore.toFixed(1)} before\n${claimReport(result)}\nfigures: ${file}\n`,
  );
  return claimComplaints(result).length === 0 ? 0 : 1;
}
