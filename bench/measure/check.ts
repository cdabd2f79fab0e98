/*
 * Whether the answers under load were true: no request failed, and the carts hold exactly what was acknowledged.
 * A load generator stops in the middle of its last requests, one on each connection; what became of those only the
 * system knows, so its count of acknowledged additions is what the carts must add up to. Pure.
 */

/** What is known of a system when all load is over. */
export interface Evidence {
  /** Requests that failed as the load generators see it, all parts together. */
  readonly failures: number;
  /** Additions that the load generators saw acknowledged, warm-ups included: at least and at most. */
  readonly additionsSeenMin: number;
  readonly additionsSeenMax: number;
  /** Additions that the system acknowledged, and that it answered otherwise. */
  readonly acknowledged: number;
  readonly refused: number;
  /** Units that the additions brought into the carts: one each. */
  readonly unitsAdded: number;
}

/** What is wrong, in words; empty when all is right. */
export function complaintsAbout(system: string, evidence: Evidence): readonly string[] {
  const { failures, additionsSeenMin, additionsSeenMax, acknowledged, refused, unitsAdded } = evidence;
  const complaints: string[] = [];
  if (failures > 0) complaints.push(`${failures} requests failed`);
  if (refused > 0) complaints.push(`${refused} additions were refused`);
  if (acknowledged < additionsSeenMin || acknowledged > additionsSeenMax) {
    complaints.push(
      `it counts ${acknowledged} additions, the load generator ${additionsSeenMin} to ${additionsSeenMax}`,
    );
  }
  if (unitsAdded !== acknowledged) {
    complaints.push(`${acknowledged} additions acknowledged, ${unitsAdded} units in the carts`);
  }
  return complaints.map((complaint) => `${system}: ${complaint}`);
}
