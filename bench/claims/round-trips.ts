/*
 * How many rounds a reservation takes when nobody else wants the item, by the gateway's own count: each round asks all
 * replicas of a key at once and waits for a majority, so it is one round trip.
 */
import { Pool } from 'undici';
import { medianOf } from '../report/statistics.ts';
import { parseMetrics, sumOf, type Sample } from '../measure/metrics-text.ts';
import { getText } from '../system/client.ts';
import type { Subject } from './subject.ts';

/** Means over some reservations, one at a time. */
export interface RoundTrips {
  readonly case: string;
  readonly reservations: number;
  /** Rounds of the item's register for one reservation: looks at it, asks for promises, has the value accepted. */
  readonly looks: number;
  readonly prepares: number;
  readonly accepts: number;
  /** Operations sent to nodes for one reservation, the person's list and all replicas included, by lane. */
  readonly readOperations: number;
  readonly writeOperations: number;
  readonly medianMs: number;
}

const RESERVATIONS = 25;

/** Reserves some items one after the other, and counts. @throws when one is not granted */
export async function countRoundTrips(subject: Subject, caseName: string, prefix: string): Promise<RoundTrips> {
  const items = Array.from({ length: RESERVATIONS }, (_, index) => `${prefix}-${index}`);
  await subject.free(items);
  const pool = new Pool(subject.url, { connections: 1 });
  const before = parseMetrics(await getText(`${subject.url}/metrics`));
  const tookMs: number[] = [];
  for (const item of items) {
    const startMs = performance.now();
    const answer = await subject.claim(pool, item, `reader-of-${item}@example.com`);
    if (answer !== 'granted') throw new Error(`${item} is ${answer}`);
    tookMs.push(performance.now() - startMs);
  }
  const after = parseMetrics(await getText(`${subject.url}/metrics`));
  await pool.close();
  return {
    case: caseName,
    reservations: RESERVATIONS,
    ...meansBetween(before, after, RESERVATIONS),
    medianMs: medianOf(tookMs),
  };
}

/** What was counted between two looks at the gateway's metrics, for one of so many reservations. */
export function meansBetween(before: readonly Sample[], after: readonly Sample[], reservations: number) {
  const mean = (name: string, labels: Readonly<Record<string, string>>): number =>
    (sumOf(after, name, labels) - sumOf(before, name, labels)) / reservations;
  const rounds = (round: string) => mean('trolley_gateway_register_rounds_total', { round });
  const operations = (lane: string) => mean('trolley_gateway_batch_operations_sum', { lane });
  return {
    looks: rounds('read'),
    prepares: rounds('prepare'),
    accepts: rounds('accept'),
    readOperations: operations('read'),
    writeOperations: operations('write'),
  };
}
