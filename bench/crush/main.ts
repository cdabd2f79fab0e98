/*
 * The process of the benchmark of placement: the report on stdout, the figures as JSON in a file.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { RESULTS_FOLDER, runBenchProcess } from '../bench-process.ts';
import { machineText } from '../machine.ts';
import { figuresText, type Figure } from '../report/figures.ts';
import { medianOf } from '../report/statistics.ts';
import { measureCrush, type CrushRound } from './measure.ts';
import { CRUSH_USAGE, parseCrushOptions, type CrushOptions } from './options.ts';

process.exit(await runBenchProcess({ usage: CRUSH_USAGE, parse: parseCrushOptions, run: benchmark }));

async function benchmark(options: CrushOptions, signal: AbortSignal): Promise<boolean> {
  const when = new Date().toISOString();
  const setting = { when, machine: machineText(), loadBefore: loadavg()[0] ?? 0, options };
  const rounds: CrushRound[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    signal.throwIfAborted();
    rounds.push(await measureCrush(options, round));
  }
  const figures = figuresOf(rounds);
  const file = options.resultFile ?? path.join(RESULTS_FOLDER, `crush-${when.replaceAll(':', '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...setting, figures, rounds }, null, 2)}\n`);
  process.stdout.write(
    `${setting.machine}; a load of ${setting.loadBefore.toFixed(1)} before\n` +
      `${options.nodes} nodes in ${options.zones} zones, ${options.placementGroups} placement groups, 3 replicas\n` +
      `${figuresText(figures)}\nfigures: ${file}\n`,
  );
  return true;
}

function figuresOf(rounds: readonly CrushRound[]): readonly Figure[] {
  const median = (of: (round: CrushRound) => number): number => medianOf(rounds.map(of));
  return [
    { name: 'place(key)', unit: 'us', value: median(({ keyUs }) => keyUs), most: 0.5 },
    { name: 'a new epoch', unit: 'ms', value: median(({ epochMs }) => epochMs), most: 500 },
    { name: 'its longest slice', unit: 'ms', value: median(({ longestSliceMs }) => longestSliceMs), most: 20 },
    { name: 'a new epoch, data on the move', unit: 'ms', value: median(({ movingEpochMs }) => movingEpochMs) },
    { name: 'its longest slice', unit: 'ms', value: median((round) => round.longestMovingSliceMs), most: 20 },
  ];
}
