/*
 * Whether the answers under load were true: no request failed, and the carts hold exactly what was acknowledged.
 * A load generator stops in the middle of its last requests, one on each connection; what became of those only the
 * gateway knows, so its count of acknowledged additions is what the carts must add up to. Pure.
 */

/** What is known when all load is over. */
export interface Evidence {
  /** Requests that failed as the load generator sees it, all parts together. */
  readonly failures: number;
  /** Additions that the load generator saw acknowledged, warm-ups included. */
  readonly additionsSeen: number;
  /** Additions that may have been on their way when a load generator stopped. */
  readonly additionsCutOffMax: number;
  /** Additions that the gateway acknowledged, and that it answered otherwise. */
  readonly additions: number;
  readonly additionsRefused: number;
  /** Units that the additions brought into the carts: one each. */
  readonly unitsAdded: number;
}

/** What is wrong, in words; empty when all is right. */
export function complaintsAbout(evidence: Evidence): readonly string[] {
  const { failures, additionsSeen, additionsCutOffMax, additions, additionsRefused, unitsAdded } = evidence;
  const complaints: string[] = [];
  if (failures > 0) complaints.push(`${failures} requests failed`);
  if (additionsRefused > 0) complaints.push(`the gateway refused ${additionsRefused} additions`);
  if (additions < additionsSeen || additions > additionsSeen + additionsCutOffMax) {
    complaints.push(`the gateway counts ${additions} additions, the load generator ${additionsSeen}`);
  }
  if (unitsAdded !== additions)
    complaints.push(`${additions} additions acknowledged, ${unitsAdded} units in the carts`);
  return complaints;
}
