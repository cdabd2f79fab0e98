/*
 * Spreads replicas over zones: takes candidates in the order given, of each zone one, until every zone has
 * one; then goes round again. Knows nothing of draws, weights or groups.
 */

/** What spreading needs to know of a node. */
export interface Candidate {
  readonly id: string;
  readonly zone: string;
}

/**
 * The first `count` candidates that stand in distinct zones; when zones run out, another round over the
 * candidates that are left, and so on. The result keeps the order in which they were taken.
 *
 * @param candidates best first, ids distinct
 * @returns `count` candidates, or all of them when there are fewer
 */
export function spreadOverZones<C extends Candidate>(candidates: readonly C[], count: number): C[] {
  const taken: C[] = [];
  let left = candidates;
  while (taken.length < count && left.length > 0) {
    const zonesUsed = new Set<string>();
    const passedOver: C[] = [];
    for (const candidate of left) {
      if (taken.length < count && !zonesUsed.has(candidate.zone)) {
        zonesUsed.add(candidate.zone);
        taken.push(candidate);
      } else {
        passedOver.push(candidate);
      }
    }
    left = passedOver;
  }
  return taken;
}
