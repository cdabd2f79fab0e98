/*
 * What the storage benchmark says of what it measured: medians, and what is wanted of them. Pure.
 */
import type { Figure } from '../report/figures.ts';
import { medianOf } from '../report/statistics.ts';
import type { StorageResult, WritePair } from './measure.ts';
import type { StorageOptions } from './options.ts';
import type { CheckpointFigures, WriteFigures } from './subject-messages.ts';

const MICROSECONDS = 1000;

/** Medians of everything that was measured. */
export function storageFigures(result: StorageResult, { carts }: StorageOptions): readonly Figure[] {
  const start = (of: (start: StorageResult['starts'][number]) => number): number => medianOf(result.starts.map(of));
  return [
    ...writeFigures('change', result.changes, 1.3),
    ...writeFigures('merge', result.merges),
    ...writeFigures('change, checkpoint included', [result.cycle], 1.3),
    ...checkpointFigures('checkpoint', result.quietCheckpoints),
    ...checkpointFigures('checkpoint while writes go on', result.busyCheckpoints),
    { name: 'start', unit: 'ms', value: start(({ tookMs }) => tookMs), most: 8_000 },
    { name: 'resident memory right after it', unit: 'MB', value: start(({ residentMb }) => residentMb), most: 900 },
    { name: 'resident memory, garbage collected', unit: 'MB', value: start(({ settled }) => settled.residentMb) },
    { name: 'heap for each cart', unit: 'bytes', value: start(({ settled }) => (settled.heapMb * 1e6) / carts) },
    { name: 'start after a kill', unit: 'ms', value: result.startAfterKill.tookMs },
    { name: 'journal entries replayed by it', unit: '', value: result.startAfterKill.journalEntries },
    { name: 'resident memory right after it', unit: 'MB', value: result.startAfterKill.residentMb },
  ];
}

function writeFigures(name: string, pairs: readonly WritePair[], most?: number): Figure[] {
  const ratio = medianOf(pairs.map(({ few, many }) => cost(many) / cost(few)));
  const rate = medianOf(pairs.map(({ many }) => (many.writes / many.wallMs) * 1000));
  return [
    { name: `${name}: CPU, few carts`, unit: 'us', value: medianOf(pairs.map(({ few }) => cost(few))) },
    { name: `${name}: CPU, many carts`, unit: 'us', value: medianOf(pairs.map(({ many }) => cost(many))) },
    { name: `${name}: many beside few`, unit: 'times', value: ratio, ...(most === undefined ? {} : { most }) },
    { name: `${name}: rate, many carts`, unit: '/s', value: rate },
  ];
}

function cost({ cpuMs, writes }: WriteFigures): number {
  return (cpuMs / writes) * MICROSECONDS;
}

function checkpointFigures(name: string, checkpoints: readonly CheckpointFigures[]): Figure[] {
  const median = (of: (figures: CheckpointFigures) => number): number => medianOf(checkpoints.map(of));
  return [
    { name, unit: 'ms', value: median(({ tookMs }) => tookMs) },
    { name: `${name}: longest hold of the event loop`, unit: 'ms', value: median(({ hold }) => hold.wallMs), most: 20 },
    { name: `${name}: of the hold, computing`, unit: 'ms', value: median(({ hold }) => hold.ownMs) },
  ];
}
