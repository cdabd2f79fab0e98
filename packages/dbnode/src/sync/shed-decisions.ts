/*
 * Which placement groups a node should let go of, and what to do with each of their records first. Pure.
 */
import { placeGroup, previousMap, type ClusterMap } from '@trolley/crush';
import type { ContextText } from '@trolley/records';
import { mayHaveMissedDrop, type DropEvidence } from '../repair/absence.ts';
import { hasSeenAll } from '../repair/differences.ts';

/**
 * The groups that are not this node's by a map in which nothing moves: the end of a move says that the new owners have
 * them. None when the map does not know the node, or knows it as one that was down for too long: it is about to be in
 * again, and what it holds will spare fetching.
 */
export function unownedGroups(map: ClusterMap, nodeId: string): readonly number[] {
  const node = map.nodes.find(({ id }) => id === nodeId);
  const isToStay = node?.state === 'in' || node?.drained === true;
  if (!isToStay || map.previousNodes !== undefined) return [];
  return groupsOf(map).filter((pg) => !placeGroup(map, pg).includes(nodeId));
}

/** The groups that this node still holds for others while they move away from it. */
export function leavingGroups(map: ClusterMap, nodeId: string): readonly number[] {
  const previous = previousMap(map);
  if (previous === undefined) return [];
  return groupsOf(map).filter(
    (pg) => placeGroup(previous, pg).includes(nodeId) && !placeGroup(map, pg).includes(nodeId),
  );
}

/** What is known about one record that is to be let go, and one of its owners. */
export interface ShedEvidence {
  readonly mine: ContextText;
  /** The owner's context; undefined when it has no record of the key. */
  readonly theirs: ContextText | undefined;
  /** What the owner told of tombstones that it dropped, after it told of this key. */
  readonly drops: DropEvidence;
}

/** `held`: the owner has it all. `offer`: it lacks something. `forget`: the owner may have dropped its deletion. */
export type ShedVerdict = 'held' | 'offer' | 'forget';

/**
 * Judges one record. What is here and not at the owner is a write that reached this node alone and was still
 * acknowledged, with few replicas up, and must not be lost. Unless the owner forgot the key: then it would come back
 * from the dead.
 */
export function judgeShed({ mine, theirs, drops }: ShedEvidence): ShedVerdict {
  if (theirs !== undefined) return hasSeenAll(theirs, mine) ? 'held' : 'offer';
  return mayHaveMissedDrop(drops) ? 'forget' : 'offer';
}

function groupsOf(map: ClusterMap): number[] {
  return Array.from({ length: map.pgCount }, (_, pg) => pg);
}
