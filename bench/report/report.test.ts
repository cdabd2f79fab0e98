import { expect, test } from 'vitest';
import type { BenchmarkResult } from '../benchmark.ts';
import { partOf } from '../testing.ts';
import { plotsOf } from './plots.ts';
import { summaryOf } from './summary.ts';
import { reportText, tablesMarkdown, type Setting } from './text.ts';

const parts = [
  { ...partOf({}, 500, { cpu: { gateway: 100, 'node-1': 20 } }), ...grouped() },
  partOf({ system: 'redis-wait' }, 250),
  partOf({ mix: 'get' }, 4_000),
  partOf({ system: 'redis-wait', mix: 'get' }, 2_000),
  partOf({ rate: 250 }, 250, { p99Ms: 3 }),
  partOf({ system: 'redis-wait', rate: 250 }, 250, { p99Ms: 6 }),
  partOf({ round: 2 }, 600),
  partOf({ system: 'redis-wait', round: 2 }, 200),
];
const result: BenchmarkResult = {
  durableWriteMs: 0.25,
  systems: [
    { name: 'trolley', version: undefined },
    { name: 'redis-wait', version: 'Redis server v=7' },
  ],
  leftOut: [{ name: 'etcd', reason: 'it is not to be had' }],
  parts,
  unitsAdded: { trolley: 2_000, 'redis-wait': 1_000 },
  complaints: [],
};
const setting: Setting = {
  when: '2030-01-01T00:00:00.000Z',
  machine: '2 cores',
  loadBefore: 0.1,
  generator: 'wrk',
  options: { seconds: 2, rounds: 2 },
};

function grouped() {
  const batches = { readBatches: 1, writeBatches: 1, commits: 1 };
  const grouping = { ...batches, operationsPerReadBatch: 20, operationsPerWriteBatch: undefined, entriesPerCommit: 12 };
  return { grouping, hedgesPerThousand: 0 };
}

test('each load is summed up apart, the fixed rate last', () => {
  const summaries = summaryOf(parts);
  expect(summaries.map(({ mix, isAtFixedRate }) => [mix, isAtFixedRate])).toEqual([
    ['post', false],
    ['get', false],
    ['post', true],
  ]);
  const [trolley] = summaries[0]?.systems ?? [];
  expect(trolley).toMatchObject({ system: 'trolley', requestsPerSecond: 550, generatorCores: 0.25 });
});

test('processor time that is not known of one process is not known of all', () => {
  const [summary] = summaryOf([partOf({}, 100, { cpu: { gateway: 100, 'node-1': undefined } })]);
  expect(summary?.systems[0]).toMatchObject({ totalCpuMsPerThousand: undefined });
});

test('the report has figures, ratios, versions, what was left out, verdicts and the check', () => {
  const text = reportText(setting, result);
  for (const words of [
    /redis-wait +225 +1\.00 +4\.00 +2\.50 \(2\.00, 3\.00\)/,
    /trolley +250 .*\n +redis-wait .* 0\.50 in p99/,
    'Redis server v=7',
    'etcd        left out: it is not to be had',
    /POST, 64 connections +redis-wait +at least 1\.80 +2\.50 \(2\.00, 3\.00\) +met/,
    'not measured',
    'trolley 2,000, redis-wait 1,000',
  ]) {
    expect(text).toMatch(words);
  }
});

test('the tables come as Markdown too, each under its title', () => {
  const text = tablesMarkdown(result);
  expect(text.match(/^### .*/gm)).toEqual([
    '### POST /addtocart, 64 connections',
    '### GET /user, 64 connections',
    '### POST /addtocart, 64 connections, at half of the rate that Trolley takes at most',
    '### Wanted, as Trolley / the other, within each round',
  ]);
  expect(text).toContain('| --- |');
  expect(text).toContain('| redis-wait | 225 | 1.00 | 4.00 | 2.50 (2.00, 3.00) |');
});

test('wrong answers are told loudly', () => {
  const text = reportText(setting, { ...result, complaints: ['redis: 1 requests failed'] });
  expect(text).toContain('WRONG ANSWERS: redis: 1 requests failed');
});

test('there is a plot of throughput, and of latency and processor time of each load', () => {
  const plots = plotsOf(summaryOf(parts));
  expect(Object.keys(plots)).toEqual([
    'throughput-64.svg',
    'latency-post-64.svg',
    'processor-time-post-64.svg',
    'latency-get-64.svg',
    'processor-time-get-64.svg',
    'latency-at-the-same-rate.svg',
  ]);
  for (const svg of Object.values(plots)) expect(svg).not.toContain('NaN');
});
