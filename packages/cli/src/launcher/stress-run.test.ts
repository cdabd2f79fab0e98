import type { StressFindings } from '@trolley/cluster';
import { expect, test } from 'vitest';
import { beginRun, endRun, noteLine } from './stress-run.ts';

const begun = beginRun({ test: 3, size: 40 }, 'run-1', 1_000);
const found = (passed: boolean): StressFindings => ({
  latencies: { p50Ms: 1, p90Ms: 2, p99Ms: 3, p999Ms: 4, mostMs: 5 },
  outcomes: { reserved: 40, cancelled: 0, changed: 0, looked: 0, refused: 40, unknown: 0 },
  verdict: { passed, claim: 'every item is taken once', findings: passed ? [] : ['3 of 40 items were left'] },
});
const sample = (atMs: number) => ({ atMs, requestsPerSecond: 10, p50Ms: 1, p99Ms: 2 });
const end = { atMs: 9_000, requested: false, lastError: undefined };

test('a run begins with what its test will be', () => {
  expect(begun).toEqual({
    id: 'run-1',
    test: 3,
    title: 'Two clients take everything at once',
    size: 40,
    workers: 8,
    state: 'running',
    startedAtMs: 1_000,
    done: 0,
    total: 80,
    samples: [],
  });
});

test('it keeps how far it is and its latest samples', () => {
  let run = noteLine(begun, { type: 'progress', done: 7 });
  expect(run).toMatchObject({ done: 7, samples: [] });
  for (let atMs = 0; atMs < 700; atMs += 1) run = noteLine(run, { type: 'progress', done: atMs, sample: sample(atMs) });
  expect(run.samples).toHaveLength(600);
  expect([run.samples[0]?.atMs, run.samples.at(-1)?.atMs, run.done]).toEqual([100, 699, 699]);
});

test.each([
  [true, 'passed'],
  [false, 'failed'],
])('a verdict of %s makes it %s', (passed, state) => {
  const run = endRun(noteLine(begun, { type: 'found', found: found(passed) }), end);
  expect(run).toMatchObject({ state, endedAtMs: 9_000, ...found(passed) });
});

test('without a verdict it was stopped, or failed of what the process said last', () => {
  expect(endRun(begun, { ...end, requested: true, lastError: 'Stopped.' })).toMatchObject({ state: 'stopped' });
  expect(endRun(begun, { ...end, requested: true }).verdict).toBeUndefined();
  expect(endRun(begun, { ...end, lastError: 'No gateway answers.' })).toMatchObject({
    state: 'failed',
    verdict: { passed: false, claim: expect.stringContaining('taken once'), findings: ['No gateway answers.'] },
  });
  expect(endRun(begun, end).verdict?.findings).toHaveLength(1);
});
