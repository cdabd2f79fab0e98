/*
 * What a node may still offer after it was away. While it was, others may have agreed without it to drop tombstones of
 * deletions that it never saw; what it has of those keys would bring them back to life. So, before it serves: for each
 * placement group it asks when tombstones were last dropped. Where that was after it last took part, it can prove
 * nothing: it puts what it has aside, in a file for people to look at, and fetches the group like one that it lost.
 *
 * Time alone proves nothing: a cluster that was switched off for a week has dropped nothing. But an absence shorter
 * than the grace time is always fine, since nothing is dropped earlier than that after the others agreed, which they
 * could not while this node was an owner. That the map has not changed since would prove nothing for a data directory
 * restored from a backup.
 */
import { placeGroup, previousMap, type ClusterMap } from '@trolley/crush';
import type { TombstoneDrops } from '@trolley/cluster';

/** What is known of a node's taking part. */
export interface AbsenceEvidence {
  /** When the node last took part, in wall-clock milliseconds; undefined when it cannot tell. */
  readonly presentAtMs: number | undefined;
  /** Set when what is here is certainly right only as of this time: something was lost. */
  readonly asOfMs: number | undefined;
  readonly nowMs: number;
  readonly graceMs: number;
  readonly records: number;
}

/**
 * The time, in wall-clock milliseconds, since which the node may have missed that tombstones were dropped; undefined
 * when it cannot have.
 */
export function doubtfulSinceMs(evidence: AbsenceEvidence): number | undefined {
  const { presentAtMs = 0, asOfMs = presentAtMs, nowMs, graceMs, records } = evidence;
  if (records === 0) return undefined;
  const sinceMs = Math.min(presentAtMs, asOfMs);
  return nowMs - sinceMs <= graceMs ? undefined : sinceMs;
}

/** What is known of the tombstones of one placement group that another node dropped, in wall-clock milliseconds. */
export interface DropEvidence {
  /** When the other last dropped any; 0 for never. */
  readonly droppedAtMs: number;
  /** When this node itself last took part in that; 0 for never. */
  readonly tookPartAtMs: number;
  /** When this node was last certainly an owner in step. */
  readonly presentAtMs: number;
  readonly graceMs: number;
}

/** How far the clocks of two nodes may be apart, and how much older what is noted of a presence than the presence. */
const INACCURACY_MAX_MS = 600_000;

/**
 * Whether something may have been dropped of which this node never saw the deletion. While it is an owner nothing is.
 * Once it is not, the others must agree for the whole grace time: so what was dropped shortly after it was last seen
 * present proves nothing. Were it counted, a cluster that loses power would on every node put aside, after a long
 * night, the groups of which it had just dropped tombstones, and hold them nowhere any more.
 */
export function mayHaveMissedDrop({ droppedAtMs, tookPartAtMs, presentAtMs, graceMs }: DropEvidence): boolean {
  const inaccuracyMs = Math.min(graceMs / 2, INACCURACY_MAX_MS);
  return droppedAtMs > tookPartAtMs && droppedAtMs > presentAtMs + inaccuracyMs;
}

/**
 * Whether those who told are enough: of each placement group of which something is here, one other owner that has not
 * lost what it knew. Who dropped a group's tombstones or took it over from such a node knows; an owner that did not
 * still has the tombstones, and they speak for themselves.
 */
export function haveEnoughTold(
  map: ClusterMap,
  nodeId: string,
  told: ReadonlyMap<string, TombstoneDrops>,
  heldGroups: readonly number[],
): boolean {
  const settled = previousMap(map) ?? map;
  const hasTold = (owner: string, pg: number) => told.get(owner)?.incompleteGroups.includes(pg) === false;
  return heldGroups.every((pg) => {
    const others = placeGroup(settled, pg).filter((owner) => owner !== nodeId);
    return others.length === 0 || others.some((owner) => hasTold(owner, pg));
  });
}

/** The placement groups of which the node may hold what was deleted and forgotten. */
export function untrustedGroups(
  told: Iterable<TombstoneDrops>,
  heldGroups: readonly number[],
  {
    ownDrops,
    ...since
  }: Pick<DropEvidence, 'presentAtMs' | 'graceMs'> & { readonly ownDrops: TombstoneDrops['drops'] },
): readonly number[] {
  const droppedAtMs = new Map<number, number>();
  for (const { drops } of told) {
    for (const [pg, atMs] of drops) droppedAtMs.set(pg, Math.max(atMs, droppedAtMs.get(pg) ?? 0));
  }
  const tookPartAtMs = new Map(ownDrops);
  return heldGroups.filter((pg) =>
    mayHaveMissedDrop({
      droppedAtMs: droppedAtMs.get(pg) ?? 0,
      tookPartAtMs: tookPartAtMs.get(pg) ?? 0,
      ...since,
    }),
  );
}
