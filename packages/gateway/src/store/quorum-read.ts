/*
 * The decisions of a quorum read: what the answers so far mean, what is merged, and who is stale. No
 * I/O: gather.ts asks, quorum-reader.ts acts.
 */
import {
  compare,
  decodeContext,
  decodeRecord,
  emptyRecord,
  encodeContext,
  encodeRecord,
  merge,
  version,
  type CausalRecord,
  type ContextText,
  type RecordText,
} from '@trolley/records';

/** The context of a key that a node has never heard of. */
export const NO_CONTEXT: ContextText = encodeContext(emptyRecord.context);

/** What a replica says it holds. A record comes only when it was asked for, and not when there is none. */
export interface ReplicaAnswer {
  readonly context: ContextText;
  readonly record: RecordText | undefined;
  /** The replica lost data: what it has is worth merging, but counts towards no quorum. */
  readonly incomplete: boolean;
}

/** What the answers of a read quorum mean. */
export type ReadVerdict =
  /** All hold the same; the record is there if one was asked for it, or if there is none. */
  | { readonly type: 'agreed'; readonly record: RecordText | undefined; readonly context: ContextText }
  /** Some lack what others have: fetch, merge, write back. */
  | { readonly type: 'differ' };

/** Compares the answers. Equal contexts mean equal records, so contexts are enough. */
export function judgeAnswers(answers: ReadonlyMap<string, ReplicaAnswer>): ReadVerdict {
  let context: ContextText | undefined;
  let record: RecordText | undefined;
  for (const answer of answers.values()) {
    if (context !== undefined && context !== answer.context) return { type: 'differ' };
    context = answer.context;
    record ??= answer.record;
  }
  return { type: 'agreed', record, context: context ?? NO_CONTEXT };
}

/** What a replica holds and what it should. */
interface StaleReplica {
  readonly node: string;
  readonly fromVersion: number;
}

/** The outcome of merging what the replicas hold. */
export interface Reconciliation {
  readonly merged: CausalRecord;
  readonly text: RecordText;
  /** Replicas that hold the merged record as it is. */
  readonly current: readonly string[];
  /** Replicas that lack part of it. */
  readonly stale: readonly StaleReplica[];
}

/** Merges full answers and says who is stale. */
export function reconcile(records: ReadonlyMap<string, RecordText | undefined>): Reconciliation {
  const held = [...records].map(([node, text]) => ({ node, text, record: recordOf(text) }));
  const merged = held.reduce((sum, { record }) => merge(sum, record), emptyRecord);
  const text = encodeRecord(merged);
  const isCurrent = (replica: (typeof held)[number]) => replica.text === text || isUnwritten(merged);
  return {
    merged,
    text,
    current: held.filter((replica) => isCurrent(replica)).map(({ node }) => node),
    stale: held
      .filter((replica) => !isCurrent(replica))
      .map(({ node, record }) => ({ node, fromVersion: version(record) })),
  };
}

/**
 * The replicas whose records must be merged before `coordinator` may apply a change: those that have
 * seen a write that it has not. Undefined for a coordinator that has not answered.
 */
export function unseenBy(
  coordinator: ContextText | undefined,
  answers: ReadonlyMap<string, ReplicaAnswer>,
): readonly string[] {
  if (areAll(coordinator, answers)) return NOBODY;
  const seen = decodeContext(coordinator ?? NO_CONTEXT);
  const ahead = [...answers].filter(([, { context }]) => {
    if (context === coordinator || context === NO_CONTEXT) return false;
    const order = compare(decodeContext(context), seen);
    return order === 'after' || order === 'concurrent';
  });
  // Of several with the same context one is enough.
  const byContext = new Map(ahead.map(([node, { context }]) => [context, node]));
  return [...byContext.values()];
}

const NOBODY: readonly string[] = [];

function areAll(context: ContextText | undefined, answers: ReadonlyMap<string, ReplicaAnswer>): boolean {
  for (const answer of answers.values()) {
    if (answer.context !== context) return false;
  }
  return true;
}

/** The record in the text; the empty record for none. */
function recordOf(text: RecordText | undefined): CausalRecord {
  return text === undefined ? emptyRecord : decodeRecord(text);
}

function isUnwritten(record: CausalRecord): boolean {
  return record.context.size === 0;
}
