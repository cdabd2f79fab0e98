/*
 * The measurements: claims of distinct items as fast as so many connections can, and many clients at one item.
 */
import { createHistogram } from 'node:perf_hooks';
import { Pool } from 'undici';
import { processCpuMs } from '../measure/cpu.ts';
import { mapWithClients } from './clients.ts';
import type { Subject } from './subject.ts';

/** Claims of distinct items. */
export interface DistinctResult {
  readonly subject: string;
  readonly connections: number;
  readonly claims: number;
  readonly claimsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Claims that were not granted although nobody else made one. */
  readonly notGranted: number;
  /** Claims of others afterwards, of some of the items, that were not refused. */
  readonly grantedTwice: number;
  /** Processor time for a thousand claims, in milliseconds, by process; undefined where that cannot be told. */
  readonly cpuMsPerThousand: Readonly<Record<string, number | undefined>>;
  /** Share of a core that the load took, which comes from the process of the benchmark itself. */
  readonly loadCores: number;
}

/** Many clients, one item, round after round. */
export interface ContendedResult {
  readonly subject: string;
  readonly clients: number;
  readonly rounds: number;
  readonly roundsPerSecond: number;
  /** Rounds in which not exactly one client won and all others were refused. */
  readonly wrongRounds: number;
}

const WARM_UP_CLAIMS = 500;
const CLAIMED_AGAIN = 100;
const READERS = 1_000;

/** Claims each item of the range once, after some others to warm up. */
export async function measureDistinct(
  subject: Subject,
  { connections, claims, prefix }: { readonly connections: number; readonly claims: number; readonly prefix: string },
): Promise<DistinctResult> {
  const items = Array.from({ length: claims + WARM_UP_CLAIMS }, (_, index) => `${prefix}-${index}`);
  await subject.free(items);
  const pool = new Pool(subject.url, { connections });
  const latenciesUs = createHistogram();
  let notGranted = 0;
  const claimAll = (part: readonly string[]) =>
    mapWithClients(connections, part, async (item, index) => {
      const sentMs = performance.now();
      const answer = await subject.claim(pool, item, reader(index));
      latenciesUs.record(Math.max(1, Math.round((performance.now() - sentMs) * 1_000)));
      if (answer !== 'granted') notGranted += 1;
    });
  await claimAll(items.slice(0, WARM_UP_CLAIMS));
  latenciesUs.reset();
  const before = look(subject);
  await claimAll(items.slice(WARM_UP_CLAIMS));
  const after = look(subject);
  const seconds = (after.atMs - before.atMs) / 1_000;
  const grantedTwice = await claimAgain(subject, pool, items.slice(-CLAIMED_AGAIN));
  await pool.close();
  return {
    subject: subject.name,
    connections,
    claims,
    claimsPerSecond: claims / seconds,
    p50Ms: latenciesUs.percentile(50) / 1_000,
    p99Ms: latenciesUs.percentile(99) / 1_000,
    notGranted,
    grantedTwice,
    cpuMsPerThousand: Object.fromEntries(
      subject.processes.map(({ name }) => [name, perThousand(before.cpuMs.get(name), after.cpuMs.get(name), claims)]),
    ),
    loadCores: (after.ownCpuMs - before.ownCpuMs) / 1_000 / seconds,
  };
}

/** Has so many clients claim one item at once, and waits for all, again and again. */
export async function measureContended(
  subject: Subject,
  { clients, rounds, prefix }: { readonly clients: number; readonly rounds: number; readonly prefix: string },
): Promise<ContendedResult> {
  const items = Array.from({ length: rounds }, (_, index) => `${prefix}-${index}`);
  await subject.free(items);
  const pool = new Pool(subject.url, { connections: clients });
  const startMs = performance.now();
  let wrongRounds = 0;
  for (const item of items) {
    const all = Array.from({ length: clients }, (_, index) => subject.claim(pool, item, reader(index)));
    const answers = await Promise.all(all);
    const winners = answers.filter((answer) => answer === 'granted').length;
    if (winners !== 1 || answers.includes('wrong')) wrongRounds += 1;
  }
  const seconds = (performance.now() - startMs) / 1_000;
  await pool.close();
  return { subject: subject.name, clients, rounds, roundsPerSecond: rounds / seconds, wrongRounds };
}

/** How many of the items are given away once more. */
async function claimAgain(subject: Subject, pool: Pool, items: readonly string[]): Promise<number> {
  const answers = await Promise.all(items.map((item) => subject.claim(pool, item, 'somebody-else@example.com')));
  return answers.filter((answer) => answer !== 'taken').length;
}

function look({ processes }: Subject) {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    ownCpuMs: (user + system) / 1_000,
    cpuMs: new Map(processes.map(({ name, pid }) => [name, processCpuMs(pid)])),
  };
}

function perThousand(beforeMs: number | undefined, afterMs: number | undefined, claims: number): number | undefined {
  return beforeMs === undefined || afterMs === undefined ? undefined : ((afterMs - beforeMs) / claims) * 1_000;
}

function reader(index: number): string {
  return `reader-${index % READERS}@example.com`;
}
