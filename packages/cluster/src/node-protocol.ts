/*
 * What gateways and nodes say to each other: batches of operations, answered in the same order. The
 * schemas are checked on arrival; the types are derived from them. Records travel as canonical text,
 * which whoever only passes them on need not parse.
 */
import { z } from 'zod';
import type { Change, RefusalCode } from '@trolley/records';
import { registerOperations, type RegisterResult } from './register-protocol.ts';
import { repairOperations, type RepairResult } from './repair-protocol.ts';

/** The path that takes a batch. */
export const BATCH_PATH = '/batch';

/** The problem code of a node that turns away a batch made under an older map than it knows. */
export const STALE_EPOCH = 'STALE_EPOCH';

/** The problem code of a node that turns away a batch that arrived after its sender had given it up. */
export const TOO_LATE = 'TOO_LATE';

const line = z.tuple([z.string(), z.int()]);

const changeAction = z.discriminatedUnion('type', [
  z.object({ type: z.literal('create-user') }),
  z.object({ type: z.literal('delete-user') }),
  z.object({ type: z.literal('add-to-cart'), lines: z.array(line) }),
  z.object({ type: z.literal('remove-from-cart'), names: z.array(z.string()) }),
  z.object({ type: z.literal('replace-cart'), lines: z.array(line) }),
  z.object({ type: z.literal('take-from-cart'), lines: z.array(line) }),
  z.object({ type: z.literal('add-to-product'), quantity: z.int() }),
  z.object({ type: z.literal('delete-product') }),
  z.object({ type: z.literal('list-add'), entries: z.array(line) }),
  z.object({ type: z.literal('list-remove'), entries: z.array(line) }),
]);

/** What ids and fingerprints of requests are made of. */
export const ONCE_PATTERN = /^[\w-]+$/;

const once = z.object({
  id: z.string().regex(ONCE_PATTERN),
  fingerprint: z.string().regex(ONCE_PATTERN),
  expiresAtMs: z.int(),
});

const change: z.ZodType<Change> = z.object({ action: changeAction, once: once.optional() });

/** Longest id of a request. */
export const REQUEST_ID_LENGTH_MAX = 200;

/** Longest id of a draft. */
export const DRAFT_ID_LENGTH_MAX = 64;

/** Most operations in a batch. */
export const BATCH_OPERATIONS_MAX = 10_000;

/** Ties the log lines of a node to the client request that caused them. */
const requestId = z.string().max(REQUEST_ID_LENGTH_MAX).optional();

const readOperation = z.object({
  type: z.literal('read'),
  key: z.string(),
  /** The whole record, or its context only. */
  detail: z.enum(['record', 'context']),
  requestId,
});

const changeOperation = z.object({
  type: z.literal('change'),
  key: z.string(),
  change,
  /** What the gateway's quorum read found, merged before the change is applied; null when the node holds it all. */
  base: z.string().nullable(),
  requestId,
});

const mergeOperation = z.object({
  type: z.literal('merge'),
  key: z.string(),
  record: z.string(),
  requestId,
});

/** Tells drafts of a key apart; no two are alike. */
const draftId = z.string().max(DRAFT_ID_LENGTH_MAX);

const draftOperation = z.object({
  type: z.literal('draft'),
  key: z.string(),
  id: draftId,
  change,
  requestId,
});

const adoptOperation = z.object({
  type: z.literal('adopt'),
  key: z.string(),
  /** What a replica drafted. */
  record: z.string(),
  /** When the offer ends, by the clock that the node's replies tell, in milliseconds: the coordinator lets go of it then. */
  notAfterMs: z.number().optional(),
  requestId,
});

const withdrawOperation = z.object({
  type: z.literal('withdraw'),
  key: z.string(),
  id: draftId,
  /** What was drafted, where that is known. */
  record: z.string().optional(),
  requestId,
});

const scanOperation = z.object({
  type: z.literal('scan'),
  /** Keys that begin with this. */
  prefix: z.string(),
  /** Keys after this one, in code unit order; null from the start. */
  after: z.string().nullable(),
  limit: z.int().min(1).max(10_000),
  requestId,
});

export const operationSchema = z.discriminatedUnion('type', [
  readOperation,
  changeOperation,
  mergeOperation,
  draftOperation,
  adoptOperation,
  withdrawOperation,
  scanOperation,
  ...repairOperations,
  ...registerOperations,
]);

export const batchSchema = z.object({
  /** The id of the node that is meant: a port may since have passed to another. */
  to: z.string(),
  /** The epoch of the map that the sender works with. */
  epoch: z.int().min(0),
  /**
   * When the sender gives the batch up, by the clock that the node's replies tell, in milliseconds. A batch that was
   * held up on its way is turned away from then on: the sender may have had its changes made by another node.
   */
  notAfterMs: z.number().optional(),
  operations: z.array(operationSchema).max(BATCH_OPERATIONS_MAX),
});

export type NodeOperation = z.infer<typeof operationSchema>;
export type Batch = z.infer<typeof batchSchema>;

/** Why a node could not carry out an operation. */
export type NodeErrorCode =
  /** The operation was not of the right form. */
  | 'INVALID_OPERATION'
  /** The disk is full or read-only; reads go on. */
  | 'READ_ONLY'
  /** The node is starting or stopping. */
  | 'NOT_READY'
  /** A draft of this key is open: a change waits until its fate is known. */
  | 'DRAFTED'
  /** A bug or a broken disk; the log has the details. */
  | 'INTERNAL';

/** A draft that is to be given up. */
export type WithdrawnDraft = Pick<z.infer<typeof withdrawOperation>, 'id' | 'record'>;

/** What became of a draft that a node was to adopt. */
export type AdoptOutcome = 'adopted' | 'held' | 'refused';

/**
 * What became of a draft that was to be given up: nobody will hold it; or another draft, which others may adopt, contains it;
 * or the node holds it, by what contains it: that record.
 */
export type WithdrawOutcome =
  | { readonly type: 'withdrawn' | 'built-upon' }
  | { readonly type: 'held'; readonly record: string };

/** The answer to one operation. */
export type NodeResult =
  | {
      readonly type: 'read';
      /** The record when it was asked for; null when the node has none. */
      readonly record?: string | null;
      /** The context when only that was asked for; null when the node has no record. */
      readonly context?: string | null;
      /** Set when the node lost part of this placement group and may lack what it once acknowledged. */
      readonly incomplete?: true;
      /** Set, with a context, while drafts of the key are open: it may be about to change. No more are made for a while. */
      readonly drafted?: true;
    }
  | {
      readonly type: 'change';
      readonly outcome: 'applied' | 'unchanged' | 'already-applied';
      readonly record: string;
    }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly detail: string; readonly record: string }
  /** `changed` says whether the node learned anything. */
  | { readonly type: 'merge'; readonly changed: boolean }
  /** The record as the change would make it; null when the node drafts nothing now. */
  | { readonly type: 'draft'; readonly record: string | null }
  /** Whether the node took the draft over, held all of it already, or has seen what the draft has not. */
  | { readonly type: 'adopt'; readonly outcome: AdoptOutcome }
  | { readonly type: 'withdraw'; readonly outcome: WithdrawOutcome }
  | {
      readonly type: 'scan';
      readonly entries: readonly (readonly [key: string, record: string])[];
      readonly more: boolean;
      /** Placement groups of which the node may lack what it once acknowledged; absent when there are none. */
      readonly incompleteGroups?: readonly number[];
    }
  | RepairResult
  | RegisterResult
  | { readonly type: 'error'; readonly code: NodeErrorCode; readonly message: string };

/** The answer to a batch: one result for each operation, in order. */
export interface BatchReply {
  readonly node: string;
  /** The newest epoch that the node knows. */
  readonly epoch: number;
  /** The newest epoch by which alone the node works: no batch with operations made under an older one is under way. */
  readonly epochInForce: number;
  /** The newest epoch by which the node holds all that it should; 0 while it lacks something. */
  readonly syncedEpoch: number;
  /** The node's monotonic clock, in milliseconds since whenever. */
  readonly clockMs?: number;
  readonly results: readonly NodeResult[];
}
