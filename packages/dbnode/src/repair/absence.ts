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
import type { Presence } from '../engine.ts';

/** What is known when a node starts. */
export interface AbsenceEvidence {
  /** When the node last took part; undefined when that is not known. */
  readonly lastPresence: Presence | undefined;
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
  const { lastPresence, asOfMs, nowMs, graceMs, records } = evidence;
  if (records === 0) return undefined;
  // A node that never took part since it could note it, as after an upgrade, was never without its share in dropping.
  const presentMs = lastPresence?.atMs ?? nowMs;
  const sinceMs = Math.min(presentMs, asOfMs ?? presentMs);
  return nowMs - sinceMs <= graceMs ? undefined : sinceMs;
}

/**
 * Whether those who told are enough: of each placement group one other owner. Who dropped a group's tombstones
 * or took it over from such a node knows; an owner that did not still has the tombstones, and they speak for themselves.
 */
export function haveEnoughTold(map: ClusterMap, nodeId: string, told: ReadonlySet<string>): boolean {
  const settled = previousMap(map) ?? map;
  return Array.from({ length: map.pgCount }, (_, pg) => placeGroup(settled, pg)).every((owners) => {
    const others = owners.filter((owner) => owner !== nodeId);
    return others.length === 0 || others.some((owner) => told.has(owner));
  });
}

/**
 * The placement groups of which tombstones were dropped after that time.
 * @param told what each other node tells of when it last dropped any.
 */
export function untrustedGroups(
  sinceMs: number,
  told: Iterable<readonly (readonly [pg: number, atMs: number])[]>,
): readonly number[] {
  const untrusted = new Set<number>();
  for (const drops of told) {
    for (const [pg, atMs] of drops) if (atMs > sinceMs) untrusted.add(pg);
  }
  return [...untrusted].toSorted((a, b) => a - b);
}
