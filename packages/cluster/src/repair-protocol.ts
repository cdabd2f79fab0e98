/*
 * The operations by which a node tells how it is doing and replicas keep each other in step. Part of the node
 * protocol: they travel in the same batches as reads and writes.
 */
import { z } from 'zod';
import type { ClusterMap } from '@trolley/crush';

/** Most events in one status; whoever lags further behind asks again. */
export const STATUS_EVENTS_MAX = 1_000;

/** Keys in one hint operation, records in one drop operation, entries in one list of what stands under a digest. */
export const REPAIR_BATCH_MAX = 1_000;

const requestId = z.string().max(200).optional();
const group = z.int().min(0);
/** A node of a placement group's hash tree: up to three hexadecimal digits, from the root down. */
const path = z.string().regex(/^[0-9a-f]{0,3}$/);
/** A digest in 16 hexadecimal digits. */
const digest = z.string().regex(/^[0-9a-f]{16}$/);

const statusOperation = z.object({
  type: z.literal('status'),
  /** The id of the last event that the caller has seen; 0 for none. */
  eventsAfter: z.int().min(0),
  requestId,
});

/** A node missed writes to these keys; whoever is told remembers it and pushes them when that node is up. */
const hintOperation = z.object({
  type: z.literal('hint'),
  node: z.string().min(1).max(64),
  keys: z.array(z.string()).max(REPAIR_BATCH_MAX),
  requestId,
});

/** Which of these placement groups does the caller hold otherwise? Small when all are equal, whatever their number. */
const digestGroupsOperation = z.object({
  type: z.literal('digest-groups'),
  /** The node that asks. */
  from: z.string(),
  /** The groups, ascending, as first and last of each run. */
  runs: z.array(z.tuple([group, group])).max(65_536),
  /** The sum of their digests on the node that asks. */
  digest,
  requestId,
});

const digestChildrenOperation = z.object({ type: z.literal('digest-children'), group, path, requestId });

const digestEntriesOperation = z.object({
  type: z.literal('digest-entries'),
  group,
  /** The nodes of the tree to list, none under another. */
  paths: z.array(path).max(4_096),
  /** Keys after this one, in code unit order; null from the start. */
  after: z.string().nullable(),
  requestId,
});

/** Every replica has these tombstones, and has had them for long: drop those that are still exactly these. */
const dropOperation = z.object({
  type: z.literal('drop'),
  group,
  records: z.array(z.tuple([z.string(), z.string()])).max(REPAIR_BATCH_MAX),
  /** When it was decided, in wall-clock milliseconds. */
  atMs: z.int().min(0),
  requestId,
});

/** When were tombstones of placement groups last dropped? */
const tombstoneDropsOperation = z.object({ type: z.literal('tombstone-drops'), requestId });

/** How high are the promises that were made on registers of each placement group? For a node that forgot its own. */
const highestPromisesOperation = z.object({ type: z.literal('highest-promises'), requestId });

/** Which is the newest cluster map that the registry has told the node of? For gateways when the registry may have lost it. */
const knownMapOperation = z.object({
  type: z.literal('known-map'),
  /** The epoch of the newest map that is known already: none but a newer one is wanted. */
  newerThan: z.int().min(0).optional(),
  requestId,
});

/** How is the full comparison that an operator asked for? `begin`: compare with every other replica now. */
const repairOperation = z.object({ type: z.literal('repair'), begin: z.boolean(), requestId });

/** The schemas of these operations, for the protocol's union. */
export const repairOperations = [
  statusOperation,
  hintOperation,
  digestGroupsOperation,
  digestChildrenOperation,
  digestEntriesOperation,
  dropOperation,
  tombstoneDropsOperation,
  highestPromisesOperation,
  knownMapOperation,
  repairOperation,
] as const;

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
  /** Of the map that makes it fetch them. */
  readonly epoch: number;
  readonly groups: number;
  readonly groupsDone: number;
  /** Those that are not all here yet. */
  readonly groupsLeft: readonly number[];
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
  readonly incompleteGroups: readonly number[];
  /** Null when the node fetches nothing. */
  readonly fetching: FetchProgress | null;
  /** The node's monotonic clock, in milliseconds since whenever. */
  readonly clockMs?: number;
  /**
   * By that clock, when it was in step: it holds all that the other replicas of its groups held then. Null while it has not
   * compared with each of them since it started, or since the map changed.
   */
  readonly inStepAsOfMs?: number | null;
  /** Operations on records that it has answered since it started; a node that does not count leaves it out. */
  readonly answered?: number;
  /** The id of the newest event; older than any when there was none. */
  readonly lastEvent: number;
  /** Events after the one asked for, oldest first; those that are no longer kept are left out. */
  readonly events: readonly NodeEvent[];
}

/** How a node stands with one other in a full comparison. */
export type RepairStanding =
  | { readonly state: 'waiting' | 'in-step' }
  /** Records differed, and were brought up to date; it is compared with once more. */
  | { readonly state: 'repaired' }
  /** It owns what this node owns, and cannot be compared with. */
  | { readonly state: 'down' }
  /** It could not be compared with, several times. */
  | { readonly state: 'failed'; readonly error: string }
  /** Something differed in every pass. */
  | { readonly state: 'unsettled' };

/** A full comparison of one node with all others, repeated until it finds nothing different. */
export interface RepairRun {
  /** Grows with each run of the node's process. */
  readonly id: number;
  readonly ended: boolean;
  /** How often it has compared with all, the pass under way included. */
  readonly passes: number;
  /** Records that this node brought up to date meanwhile, here or elsewhere, by whatever means. */
  readonly repaired: number;
  /** The first of them; those that are no longer kept are left out. */
  readonly examples: readonly Extract<NodeEvent, { type: 'repaired' }>[];
  readonly peers: readonly ({ readonly node: string } & RepairStanding)[];
}

/** The answers to these operations. */
export type RepairResult =
  | ({ readonly type: 'status' } & NodeStatus)
  /** The hint is on disk. */
  | { readonly type: 'hint' }
  | ({ readonly type: 'digest-groups' } & GroupsComparison)
  | {
      readonly type: 'digest-children';
      /** Digest and number of records under each of the 16 children; empty where nothing ever was. */
      readonly children: readonly (readonly [digest: string, count: number])[];
    }
  | ({ readonly type: 'digest-entries' } & ListedEntries)
  | {
      readonly type: 'drop';
      /** How many of the records were dropped; null when this node must not drop any now. */
      readonly dropped: number | null;
    }
  | ({ readonly type: 'tombstone-drops' } & TombstoneDrops)
  | ({ readonly type: 'highest-promises' } & HighestPromises)
  /** As it is on the node's disk; null when it knows none, or none newer than it was asked for. */
  | { readonly type: 'known-map'; readonly map: ClusterMap | null }
  /** The latest run; null when none was begun since the node started. */
  | { readonly type: 'repair'; readonly run: RepairRun | null };

/** What a node promised. */
export interface HighestPromises {
  /** No counter in a promise is higher, of registers that were dropped since too; groups without any are left out. */
  readonly counters: readonly (readonly [group: number, counter: number])[];
  /** Groups in which the node may have forgotten promises. */
  readonly votelessGroups: readonly number[];
}

/** What a node knows of tombstones that are gone. */
export interface TombstoneDrops {
  /** When some of a group were last dropped, in wall-clock milliseconds; groups that never dropped any are left out. */
  readonly drops: readonly (readonly [group: number, atMs: number])[];
  /** Groups of which the node lost data: it may have forgotten what it dropped of them too. */
  readonly incompleteGroups: readonly number[];
}

/** How another node's placement groups compare with the caller's. */
export interface GroupsComparison {
  /** The digest of each group, in the order asked for; null when all are equal. */
  readonly digests: readonly string[] | null;
  /** Hints that the node holds for the caller, and will push to it. */
  readonly hintsWaiting: number;
  /** Groups among them of which the node may lack what it once acknowledged. */
  readonly incompleteGroups: readonly number[];
}

/** Part of what stands under a node of a hash tree, ordered by key. */
export interface ListedEntries {
  readonly entries: readonly (readonly [key: string, context: string])[];
  readonly more: boolean;
}
