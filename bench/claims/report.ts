/*
 * What the rounds come to, as figures and as text: medians, and the ratio to etcd taken within each round. Pure.
 */
import { medianOf, ratiosOf } from '../report/statistics.ts';
import { shown, table } from '../report/table.ts';
import { ETCD, type ClaimResult } from './benchmark.ts';
import type { ContendedResult, DistinctResult } from './measure.ts';
import type { RoundTrips } from './round-trips.ts';

/** One subject, all rounds. */
export interface ClaimSummary {
  readonly subject: string;
  readonly connections: number;
  readonly claimsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Throughput as a multiple of etcd's: the median and each round's; empty without etcd. */
  readonly ratio: number | undefined;
  readonly ratios: readonly number[];
  readonly loadCores: number;
  readonly cpuMsPerThousand: DistinctResult['cpuMsPerThousand'];
}

/** Summarises the claims of distinct items, for each number of connections and subject. */
export function claimSummaries(results: readonly DistinctResult[]): readonly ClaimSummary[] {
  const of = (subject: string, connections: number) =>
    results.filter((result) => result.subject === subject && result.connections === connections);
  return distinct(results.map(({ connections }) => connections)).flatMap((connections) =>
    distinct(results.map(({ subject }) => subject)).map((subject) => {
      const parts = of(subject, connections);
      const reference = of(ETCD, connections);
      const ratios = reference.length === 0 ? [] : ratiosOf(parts.map(throughput), reference.map(throughput));
      return {
        subject,
        connections,
        claimsPerSecond: medianOf(parts.map(throughput)),
        p50Ms: medianOf(parts.map(({ p50Ms }) => p50Ms)),
        p99Ms: medianOf(parts.map(({ p99Ms }) => p99Ms)),
        ratio: ratios.length === 0 ? undefined : medianOf(ratios),
        ratios,
        loadCores: medianOf(parts.map(({ loadCores }) => loadCores)),
        cpuMsPerThousand: mediansOf(parts),
      };
    }),
  );
}

/** What was wrong with the answers, in words; empty when nothing was. */
export function claimComplaints({ distinct: claims, contended }: ClaimResult): readonly string[] {
  const complaints = claims.flatMap(({ subject, notGranted, grantedTwice }) => [
    ...(notGranted > 0 ? [`${subject}: ${notGranted} claims of free items were not granted`] : []),
    ...(grantedTwice > 0 ? [`${subject}: ${grantedTwice} claims of held items were not refused`] : []),
  ]);
  const wrong = contended.filter(({ wrongRounds }) => wrongRounds > 0);
  return [
    ...complaints,
    ...wrong.map(({ subject, wrongRounds }) => `${subject}: ${wrongRounds} rounds without exactly one winner`),
  ];
}

/** The whole report. */
export function claimReport(result: ClaimResult): string {
  const complaints = claimComplaints(result);
  return [
    `a durable write of 4 KiB on this disk: ${shown(result.durableWriteMs, 2)} ms`,
    result.etcdVersion ?? 'etcd was left out: it is neither installed nor to be had as the Debian package etcd-server',
    '',
    'one reservation at a time, over HTTP',
    ...table([
      ['', 'looks', 'prepares', 'accepts', 'read operations', 'write operations', 'median ms'],
      ...result.roundTrips.map(roundTripRow),
    ]),
    '',
    'distinct items',
    ...table([
      ['', 'connections', 'claims/s', 'p50 ms', 'p99 ms', 'of etcd (rounds)', 'load, cores', 'CPU ms / 1,000'],
      ...claimSummaries(result.distinct).map(summaryRow),
    ]),
    '',
    'one item, 64 clients',
    ...table([['', 'rounds/s', 'of etcd'], ...contendedRows(result.contended)]),
    '',
    complaints.length > 0
      ? `WRONG ANSWERS: ${complaints.join('; ')}`
      : 'answers: every claim of a free item was granted, none of a held one; each contended item had one winner',
  ].join('\n');
}

function roundTripRow(trips: RoundTrips): readonly string[] {
  const { looks, prepares, accepts, readOperations, writeOperations, medianMs } = trips;
  const counts = [looks, prepares, accepts, readOperations, writeOperations].map((count) => shown(count, 2));
  return [trips.case, ...counts, shown(medianMs, 2)];
}

function summaryRow(summary: ClaimSummary): readonly string[] {
  const { subject, connections, claimsPerSecond, p50Ms, p99Ms, ratio, ratios, loadCores, cpuMsPerThousand } = summary;
  const rounds = ratios.map((each) => shown(each, 2)).join(', ');
  const cpu = Object.entries(cpuMsPerThousand).map(([name, value]) => `${name} ${shown(value, 0)}`);
  return [
    subject,
    String(connections),
    shown(claimsPerSecond, 0),
    shown(p50Ms, 2),
    shown(p99Ms, 2),
    ratio === undefined ? '-' : `${shown(ratio, 2)} (${rounds})`,
    shown(loadCores, 2),
    cpu.join(', '),
  ];
}

function contendedRows(results: readonly ContendedResult[]): readonly (readonly string[])[] {
  const rates = (name: string) =>
    results.filter(({ subject }) => subject === name).map(({ roundsPerSecond }) => roundsPerSecond);
  const reference = rates(ETCD);
  return distinct(results.map(({ subject }) => subject)).map((subject) => [
    subject,
    shown(medianOf(rates(subject)), 1),
    reference.length === 0 ? '-' : shown(medianOf(ratiosOf(rates(subject), reference)), 2),
  ]);
}

function throughput({ claimsPerSecond }: DistinctResult): number {
  return claimsPerSecond;
}

function mediansOf(parts: readonly DistinctResult[]): DistinctResult['cpuMsPerThousand'] {
  const names = Object.keys(parts[0]?.cpuMsPerThousand ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const known = parts.map(({ cpuMsPerThousand }) => cpuMsPerThousand[name]).filter((value) => value !== undefined);
      return [name, known.length === parts.length ? medianOf(known) : undefined];
    }),
  );
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
