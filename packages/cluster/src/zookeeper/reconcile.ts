/*
 * Decides what to register and what to withdraw so that ZooKeeper holds what this process announces,
 * whatever lost answers, expired sessions or other people's deletions have left there. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Participant } from '../registry-details.ts';

/** A registration as it stands in ZooKeeper. */
export interface Entry {
  readonly path: string;
  readonly sequence: number;
  /** The session that it ends with. */
  readonly owner: string;
  readonly participant: Participant;
}

/** This process's sessions. */
export interface OwnSessions {
  readonly current: string;
  /** Sessions that have ended, or will: what they registered may still be there. */
  readonly past: ReadonlySet<string>;
}

/** What is to be done, in this order: an id is never absent between its old registration and the new one. */
export interface Reconciliation {
  readonly register: readonly Participant[];
  /** Paths. */
  readonly withdraw: readonly string[];
}

/**
 * What separates the entries from what is wanted. Entries of other processes are left alone, also those
 * with the same id. Of several entries of ours for one participant (the answer to a registration was lost
 * and it was made again) the newest stays.
 */
export function reconcile(
  wanted: readonly Participant[],
  entries: readonly Entry[],
  { current, past }: OwnSessions,
): Reconciliation {
  const ours = entries.filter(({ owner }) => owner === current || past.has(owner));
  const kept = wanted.map((participant) => newestOf(ours, participant, current));
  return {
    register: wanted.filter((_participant, index) => kept[index] === undefined),
    withdraw: ours.filter((entry) => !kept.includes(entry)).map(({ path }) => path),
  };
}

function newestOf(entries: readonly Entry[], participant: Participant, session: string): Entry | undefined {
  return entries
    .filter((entry) => entry.owner === session && isDeepStrictEqual(entry.participant, participant))
    .toSorted((a, b) => b.sequence - a.sequence)[0];
}
