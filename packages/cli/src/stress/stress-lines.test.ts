import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import type { Operation } from './history.ts';
import { createStressTeller, stressLineSchema, type StressLine } from './stress-lines.ts';
import { stressPlan } from './stress-plan.ts';
import { stressReport } from './stress-report.ts';

const plan = stressPlan({ test: 2, size: 100 }, 'x');

function createTeller() {
  const lines: StressLine[] = [];
  const teller = createStressTeller((line) => lines.push(stressLineSchema.parse(line)), createManualClock());
  const history: Operation[] = [];
  /** So many requests, each of so many milliseconds, up to this moment. */
  const work = (count: number, tookMs: number, endMs: number): void => {
    for (let index = 0; index < count; index += 1) {
      history.push({ kind: 'look', item: 'a', startMs: endMs - tookMs, endMs, outcome: { kind: 'pending' } });
    }
  };
  const load = (elapsedMs: number) => teller.progress({ kind: 'load', plan, done: history.length, elapsedMs, history });
  return { teller, lines, history, work, load };
}

test('how far it is comes at once, a sample once a second, of that second alone', () => {
  const { lines, work, load } = createTeller();
  load(0);
  work(10, 5, 200);
  load(200);
  work(10, 9, 900);
  load(1_000);
  work(4, 2, 1_900);
  load(2_000);
  expect(lines).toMatchObject([
    { done: 0 },
    { done: 10 },
    { done: 20, sample: { requestsPerSecond: 20, p50Ms: 5, p99Ms: 9 } },
    { done: 24, sample: { requestsPerSecond: 4, p50Ms: 2, p99Ms: 2 } },
  ]);
});

test('what came in after the last whole second is told when the load is over, once', () => {
  const { teller, lines, work, load } = createTeller();
  teller.progress({ kind: 'chore', doing: 'putting up items', done: 1, total: 2 });
  work(1, 0, 0);
  load(0);
  work(20, 3, 500);
  load(400);
  teller.progress({ kind: 'chore', doing: 'reading items', done: 1, total: 2 });
  teller.progress({ kind: 'chore', doing: 'reading items', done: 2, total: 2 });
  expect(lines).toMatchObject([{ done: 1 }, { done: 21 }, { done: 100, sample: { requestsPerSecond: 42, p99Ms: 3 } }]);
});

test('what was found is told with its verdict, however many violations there are', () => {
  const { teller, lines } = createTeller();
  const violations = Array.from({ length: 23 }, (_, index) => `violation ${index}`);
  const result = { history: [], durationMs: 10, verdict: { passed: false, violations }, left: [] };
  teller.found(stressReport(plan, ['http://one:1'], result));
  const [line] = lines;
  expect(line).toMatchObject({
    type: 'found',
    found: { latencies: { mostMs: 0 }, outcomes: { unknown: 0 }, verdict: { passed: false, claim: plan.promise } },
  });
  const findings = line?.type === 'found' ? line.found.verdict.findings : [];
  expect(findings).toHaveLength(21);
  expect(findings.at(-1)).toBe('and 3 more');
});
