/*
 * The process of the benchmark of the storage engine: steps on stderr, the report on stdout, the figures as JSON in a
 * file.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { RESULTS_FOLDER, runBenchProcess } from '../bench-process.ts';
import { machineText } from '../machine.ts';
import { durableWriteMs } from '../measure/disk.ts';
import { figuresText } from '../report/figures.ts';
import { measureStorage } from './measure.ts';
import { parseStorageOptions, STORAGE_USAGE, type StorageOptions } from './options.ts';
import { storageFigures } from './report.ts';

process.exit(await runBenchProcess({ usage: STORAGE_USAGE, parse: parseStorageOptions, run: benchmark }));

async function benchmark(
  options: StorageOptions,
  signal: AbortSignal,
  onStep: (text: string) => void,
): Promise<boolean> {
  const when = new Date().toISOString();
  await mkdir(RESULTS_FOLDER, { recursive: true });
  const durableMs = await durableWriteMs(RESULTS_FOLDER);
  const setting = { when, machine: machineText(), loadBefore: loadavg()[0] ?? 0, durableWriteMs: durableMs, options };
  const result = await measureStorage(options, { scratchFolder: RESULTS_FOLDER, signal, onStep });
  const figures = storageFigures(result, options);
  const file = options.resultFile ?? path.join(RESULTS_FOLDER, `storage-${when.replaceAll(':', '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...setting, figures, ...result }, null, 2)}\n`);
  process.stdout.write(
    `${setting.machine}; a load of ${setting.loadBefore.toFixed(1)} before; ${durableMs.toFixed(2)} ms for a durable write\n` +
      `${options.fewCarts} and ${options.carts} carts of ${options.lines} lines, ${options.concurrent} writes at once\n` +
      `${figuresText(figures)}\nfigures: ${file}\n`,
  );
  return true;
}
