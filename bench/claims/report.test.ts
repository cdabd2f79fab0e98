import { expect, test } from 'vitest';
import { ETCD, REGISTER_FOLLOWING } from './benchmark.ts';
import type { DistinctResult } from './measure.ts';
import { claimComplaints, claimReport, claimSummaries } from './report.ts';

const part = (subject: string, claimsPerSecond: number): DistinctResult => ({
  subject,
  connections: 64,
  claims: 1_000,
  claimsPerSecond,
  p50Ms: 1,
  p99Ms: 2,
  notGranted: 0,
  grantedTwice: 0,
  cpuMsPerThousand: { handler: 10 },
  loadCores: 0.1,
});
const contended = { subject: ETCD, clients: 64, rounds: 10, roundsPerSecond: 5, wrongRounds: 0 };
const result = {
  etcdVersion: 'etcd Version: 3.4.23',
  durableWriteMs: 0.2,
  roundTrips: [],
  distinct: [part(ETCD, 100), part(REGISTER_FOLLOWING, 150), part(ETCD, 10), part(REGISTER_FOLLOWING, 12)],
  contended: [contended],
};

test('the ratio to etcd is taken within each round', () => {
  const [etcd, register] = claimSummaries(result.distinct);
  expect(etcd?.ratios).toEqual([1, 1]);
  expect(register).toMatchObject({ claimsPerSecond: 81, ratios: [1.5, 1.2], ratio: 1.35 });
  expect(claimReport(result)).toContain('1.35 (1.50, 1.20)');
});

test('without etcd there is no ratio, and the report says so', () => {
  const alone = { ...result, etcdVersion: undefined, distinct: [part(REGISTER_FOLLOWING, 150)], contended: [] };
  expect(claimSummaries(alone.distinct)[0]).toMatchObject({ ratio: undefined, ratios: [] });
  expect(claimReport(alone)).toContain('etcd was left out');
});

test('right answers give no cause for complaint', () => {
  expect(claimComplaints(result)).toEqual([]);
});

test.each([
  [{ distinct: [{ ...part(ETCD, 1), notGranted: 3 }] }, 'etcd: 3 claims of free items'],
  [{ distinct: [{ ...part(ETCD, 1), grantedTwice: 1 }] }, 'etcd: 1 claims of held items'],
  [{ contended: [{ ...contended, wrongRounds: 2 }] }, 'etcd: 2 rounds without exactly one winner'],
])('%j is told', (wrong, words) => {
  const complaints = claimComplaints({ ...result, ...wrong });
  expect(complaints).toEqual([expect.stringContaining(words)]);
  expect(claimReport({ ...result, ...wrong })).toContain('WRONG ANSWERS');
});
