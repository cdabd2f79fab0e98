import { expect, test } from 'vitest';
import { figuresText } from '../report/figures.ts';
import type { StorageResult, WritePair } from './measure.ts';
import { parseStorageOptions } from './options.ts';
import { storageFigures } from './report.ts';
import type { CheckpointFigures, WriteFigures } from './subject-messages.ts';

const hold = { wallMs: 4, ownMs: 2 };

function writes(cpuMs: number): WriteFigures {
  return { writes: 1_000, wallMs: 100, cpuMs, commits: 20, hold };
}

function pair(few: number, many: number): WritePair {
  return { few: writes(few), many: writes(many) };
}

function result(checkpoint: Partial<CheckpointFigures> = {}): StorageResult {
  const opened = { tookMs: 4_000, records: 1_000_000, journalEntries: 0, residentMb: 600 };
  return {
    fill: writes(1),
    changes: [pair(10, 20), pair(10, 11), pair(100, 120)],
    merges: [pair(10, 10)],
    quietCheckpoints: [{ tookMs: 3_000, cpuMs: 2_000, writes: 0, hold, ...checkpoint }],
    busyCheckpoints: [{ tookMs: 3_000, cpuMs: 2_000, writes: 0, hold }],
    cycle: pair(10, 14),
    starts: [{ ...opened, settled: { residentMb: 500, heapMb: 350 } }],
    startAfterKill: opened,
  };
}

test('a ratio is the median over the rounds, each taken within its round', () => {
  const figures = storageFigures(result(), parseStorageOptions([]));
  expect(figures.find(({ name }) => name === 'change: many beside few')?.value).toBe(1.2);
  expect(figures.find(({ name }) => name === 'change: CPU, few carts')?.value).toBe(10);
  expect(figures.find(({ name }) => name === 'heap for each cart')?.value).toBe(350);
});

test('the report says of each figure that has a limit whether it kept to it', () => {
  const options = parseStorageOptions([]);
  const text = figuresText(storageFigures(result({ hold: { wallMs: 25, ownMs: 24 } }), options));
  expect(text).toMatch(/change: many beside few +1.20 times +at most 1.3: met/);
  expect(text).toMatch(/change, checkpoint included: many beside few +1.40 times +at most 1.3: MISSED/);
  expect(text).toMatch(/checkpoint: longest hold of the event loop +25.00 ms +at most 20: MISSED/);
});
