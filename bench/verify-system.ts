/*
 * Looks whether the carts of a system hold what it acknowledged under load: again and again until all is right, or for
 * so long that what is wrong will stay wrong.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { complaintsAbout, type Evidence } from './measure/check.ts';
import type { PartResult } from './measure/part.ts';
import type { System } from './system/system.ts';
import { additionsAmong, UNITS_AT_START } from './workload.ts';

/** How long requests that the load generator gave up may take to be done. */
const SETTLE_TIMEOUT_MS = 10_000;
const SETTLE_INTERVAL_MS = 200;

/** What was found. */
export interface Verified {
  readonly unitsAdded: number;
  readonly complaints: readonly string[];
}

/** How a system is verified. */
interface VerifyOptions {
  /** Additions that were made besides those of the load generators. */
  readonly sampleAdditions: number;
  /** How long to look before what is wrong counts. */
  readonly settleTimeoutMs?: number;
}

/** Verifies one system, given all parts that were measured. */
export async function verifySystem(
  system: System,
  parts: readonly PartResult[],
  signal: AbortSignal,
  { sampleAdditions, settleTimeoutMs = SETTLE_TIMEOUT_MS }: VerifyOptions,
): Promise<Verified> {
  const seen = seenBy(
    parts.filter((part) => part.system === system.name),
    sampleAdditions,
  );
  const startMs = performance.now();
  for (;;) {
    const { acknowledged, refused, units } = await system.tally();
    const unitsAdded = units - UNITS_AT_START;
    const complaints = complaintsAbout(system.name, { ...seen, acknowledged, refused, unitsAdded });
    if (complaints.length === 0 || performance.now() - startMs > settleTimeoutMs) return { unitsAdded, complaints };
    await pause(SETTLE_INTERVAL_MS, undefined, { signal });
  }
}

/** What the load generators saw, all parts of a system together. */
export function seenBy(
  parts: readonly PartResult[],
  sampleAdditions: number,
): Pick<Evidence, 'failures' | 'additionsSeenMin' | 'additionsSeenMax'> {
  let failures = 0;
  let additionsSeenMin = sampleAdditions;
  let additionsSeenMax = sampleAdditions;
  for (const { load, warmUp, mix, connections } of parts) {
    for (const { requests, failures: failed } of [load, warmUp]) {
      const additions = additionsAmong(mix, requests);
      const cutOffMax = mix === 'get' ? 0 : connections;
      failures += failed;
      additionsSeenMax += additions + cutOffMax;
      // In a mix, the answers that are missing may be those of reads.
      additionsSeenMin += mix === 'half' ? additions - cutOffMax : additions;
    }
  }
  return { failures, additionsSeenMin, additionsSeenMax };
}
