/*
 * The operations by which a node tells how it is doing and replicas keep each other in step. Part of the node
 * protocol: they travel in the same batches as reads and writes.
 */
import { z } from 'zod';

/** Most events in one status; whoever lags further behind asks again. */
export const STATUS_EVENTS_MAX = 1_000;

const statusOperation = z.object({
  type: z.literal('status'),
  /** The id of the last event that the caller has seen; 0 for none. */
  eventsAfter: z.int().min(0),
  requestId: z.string().max(200).optional(),
});

/** The schemas of these operations, for the protocol's union. */
export const repairOperations = [statusOperation] as const;

export type RepairOperation = z.infer<(typeof repairOperations)[number]>;

/** What happened on a node; ids grow from 1 with each event, and start anew with the process. */
export type NodeEvent = { readonly id: number; readonly atMs: number } & NodeIncident;

/** What can happen on a node. */
export type NodeIncident =
  /** This node brought another's record, or its own, up to date; the versions are those before and after. */
  | {
      readonly type: 'repaired';
      readonly key: string;
      /** The node whose record was stale. */
      readonly node: string;
      readonly fromVersion: number;
      readonly toVersion: number;
      readonly why: 'hint' | 'anti-entropy';
    }
  /** This node fetches placement groups, so many of which are here already. */
  | {
      readonly type: 'move-started' | 'move-progress' | 'move-ended';
      readonly epoch: number;
      readonly groups: number;
      readonly groupsDone: number;
    };

/** How far a node is with the placement groups that it fetches. */
export interface FetchProgress {
  readonly groups: number;
  readonly groupsDone: number;
  /** Records that were news. */
  readonly recordsLearned: number;
}

/** How a node is doing. */
export interface NodeStatus {
  /** Records held, deleted ones included. */
  readonly records: number;
  /** Characters of keys and records held. */
  readonly bytes: number;
  /** For each node that missed writes, how many keys this node will push to it. */
  readonly hintsWaiting: readonly (readonly [node: string, count: number])[];
  /** Placement groups of which the node may lack what it once acknowledged. */
  readonly incompleteGroups: number;
  /** Null when the node fetches nothing. */
  readonly fetching: FetchProgress | null;
  /** The id of the newest event; 0 when there was none. Lower than `eventsAfter` when the node started anew. */
  readonly lastEvent: number;
  /** Events after the one asked for, oldest first; those that are no longer kept are left out. */
  readonly events: readonly NodeEvent[];
}

/** The answers to these operations. */
export type RepairResult = { readonly type: 'status' } & NodeStatus;
