/*
 * The process of the benchmark of claims: steps on stderr, the report on stdout, the figures as JSON in a file.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { RESULTS_FOLDER, runBenchProcess } from '../bench-process.ts';
import { machineText } from '../machine.ts';
import { runClaimBenchmark } from './benchmark.ts';
import { CLAIM_USAGE, parseClaimOptions, type ClaimOptions } from './options.ts';
import { claimComplaints, claimReport, claimSummaries } from './report.ts';

process.exit(await runBenchProcess({ usage: CLAIM_USAGE, parse: parseClaimOptions, run: benchmark }));

async function benchmark(options: ClaimOptions, signal: AbortSignal, onStep: (text: string) => void): Promise<boolean> {
  const when = new Date().toISOString();
  const setting = { when, machine: machineText(), loadBefore: loadavg()[0] ?? 0, options };
  const result = await runClaimBenchmark(options, {
    scratchFolder: RESULTS_FOLDER,
    signal,
    onStep,
  });
  const file = options.resultFile ?? path.join(RESULTS_FOLDER, `claims-${when.replaceAll(':', '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  const figures = { ...setting, summary: claimSummaries(result.distinct), ...result };
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(
    `${setting.machine}; a load of ${setting.loadBefore.toFixed(1)} before\n${claimReport(result)}\nfigures: ${file}\n`,
  );
  return claimComplaints(result).length === 0;
}
