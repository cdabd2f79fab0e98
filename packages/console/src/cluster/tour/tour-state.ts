/*
 * Where the guided tour is, and what of it has been done: read from the address and from the cluster as it is, so
 * that a reload in its midst loses nothing. Pure.
 */
import type { Cluster, ClusterNode } from '../../api/cluster.ts';
import type { WatchedKey, WatchedReplica } from '../lens/replica-history.ts';

/** The steps, in order. */
export const STEPS = ['pick', 'kill', 'add', 'restart', 'read'] as const;

/** A step's name. */
export type StepName = (typeof STEPS)[number];

/** The part of the address that is the tour's; undefined for what is not known yet. */
export interface TourQuery {
  readonly tour?: string | undefined;
  /** The node that is killed. */
  readonly victim?: string | undefined;
  /** The version that the cart had after the addition. */
  readonly added?: string | undefined;
  /** Set once the cart was read. */
  readonly read?: string | undefined;
}

/** The address without the tour. */
export const NO_TOUR: Readonly<Record<keyof TourQuery, undefined>> = {
  tour: undefined,
  victim: undefined,
  added: undefined,
  read: undefined,
};

/** The tour at one moment. */
export interface TourState {
  readonly step: StepName;
  /** From 1. */
  readonly number: number;
  /** Whether what the step asks for has happened. */
  readonly isDone: boolean;
  /** The node that is or will be killed: a replica of the cart that is not its coordinator. */
  readonly victim: ClusterNode | undefined;
  /** What the cart's replica there is like. */
  readonly replica: WatchedReplica | undefined;
}

/** Puts together where the tour is. */
export function tourState(query: TourQuery, cluster: Cluster, watched: WatchedKey | undefined): TourState {
  const number = Math.min(Math.max(Math.trunc(Number(query.tour)) || 1, 1), STEPS.length);
  const step = STEPS[number - 1] ?? 'pick';
  const victimId = query.victim ?? proposedVictim(watched);
  const victim = cluster.nodes.find(({ id }) => id === victimId);
  const replica = watched?.replicas.find((known) => known.replica.node === victimId);
  return { step, number, victim, replica, isDone: isDone(step, query, { watched, victim, replica }) };
}

interface Facts {
  readonly watched: WatchedKey | undefined;
  readonly victim: ClusterNode | undefined;
  readonly replica: WatchedReplica | undefined;
}

function isDone(step: StepName, query: TourQuery, { watched, victim, replica }: Facts): boolean {
  switch (step) {
    case 'pick':
      return watched?.location.key.startsWith('user:') === true && watched.location.merged.value !== null;
    case 'kill':
      return query.victim !== undefined && victim?.up === false;
    case 'add':
      return query.added !== undefined;
    case 'restart':
      return victim?.up === true;
    case 'read':
    default:
      return query.read !== undefined && replica?.standing === 'current';
  }
}

/** The last in the order that is up: the first one coordinates, and its loss would show something else. */
function proposedVictim(watched: WatchedKey | undefined): string | undefined {
  const candidates = watched?.location.replicas.filter(({ up, coordinator }) => up && !coordinator);
  return candidates?.at(-1)?.node;
}
