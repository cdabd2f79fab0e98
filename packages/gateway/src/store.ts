/*
 * The replicated store as the API sees it: records by key, read and changed through quorums. The API
 * knows nothing of nodes, replicas or retries; the store knows nothing of HTTP.
 */
import type { CausalRecord, Change, RecordText, RefusalCode } from '@trolley/records';

/** How many replicas must answer: one, a quorum ((n+1)/2 rounded up), all, or a number from 1 to n. */
export type ConsistencyLevel = 'one' | 'quorum' | 'all' | number;

/** What the caller of an operation may choose. */
export interface StoreOptions {
  /** Replicas that must answer a read; default quorum. */
  readonly r?: ConsistencyLevel | undefined;
  /** Replicas that must have a write on disk; default quorum. */
  readonly w?: ConsistencyLevel | undefined;
  /** Refuse rather than serve with fewer replicas than asked for. */
  readonly strict?: boolean | undefined;
  /** Ties log lines of the gateway and the nodes together. */
  readonly requestId: string;
}

/** How many replicas answered, of how many; degraded when that is fewer than asked for. */
export interface QuorumReport {
  readonly answered: number;
  readonly replicas: number;
  readonly degraded: boolean;
}

/** What a read found: the merged record, empty when no replica has one. */
export interface ReadResult {
  readonly record: CausalRecord;
  readonly quorum: QuorumReport;
}

/** What became of a change; the record is the one after it. */
export type ChangeResult =
  | {
      readonly type: 'applied' | 'unchanged' | 'already-applied';
      readonly record: CausalRecord;
      readonly quorum: QuorumReport;
    }
  | {
      readonly type: 'refused';
      readonly code: RefusalCode;
      readonly detail: string;
      readonly record: CausalRecord;
      readonly quorum: QuorumReport;
    };

/** Part of a listing in key order. */
export interface ListResult {
  /** Live and deleted records alike; the caller leaves out what is deleted. */
  readonly entries: readonly { readonly key: string; readonly record: CausalRecord }[];
  /** The key to continue after; undefined when nothing follows. */
  readonly next: string | undefined;
  readonly quorum: QuorumReport;
}

/** One replica of a key, as `GET /cluster/where` shows it. */
export interface ReplicaState {
  readonly node: string;
  readonly zone: string;
  readonly up: boolean;
  /** What the replica says, record or register; an empty one when it holds nothing, undefined when it did not answer. */
  readonly text: RecordText | undefined;
  /** Whether it lacks a write that another replica has; undefined when it did not answer. */
  readonly stale: boolean | undefined;
  /** Why it did not answer. */
  readonly error: string | undefined;
}

/** Where a key lives, replica by replica. */
export interface KeyLocation {
  readonly key: string;
  readonly placementGroup: number;
  readonly epoch: number;
  readonly replicas: readonly ReplicaState[];
  /** All that the replicas hold merged, without writing anything. */
  readonly merged: RecordText;
}

/** The replicated store. */
export interface Store {
  /** @throws StoreError */
  read(key: string, options: StoreOptions): Promise<ReadResult>;
  /** @throws StoreError; after OUTCOME_UNKNOWN the change may have been made. */
  change(key: string, change: Change, options: StoreOptions): Promise<ChangeResult>;
  /** Records whose keys begin with the prefix, in key order. @throws StoreError */
  list(
    prefix: string,
    page: { readonly after: string | undefined; readonly limit: number },
    options: StoreOptions,
  ): Promise<ListResult>;
  /** Looks at every replica of a key and repairs nothing. @throws StoreError */
  where(key: string, options: StoreOptions): Promise<KeyLocation>;
}

/** Why the store could not serve; stable codes, which one place maps to HTTP. */
export type StoreErrorCode =
  /** There is no cluster map yet: no node has registered. */
  | 'NO_CLUSTER_MAP'
  /** Not one replica of the key answered. */
  | 'NO_REPLICA'
  /** Fewer replicas answered than the request insists on. */
  | 'QUORUM_NOT_MET'
  /** Every replica that could take the write has a full or read-only disk. */
  | 'READ_ONLY'
  /** The change was sent and no answer came: it may have been made or not. */
  | 'OUTCOME_UNKNOWN'
  /** Too many requests wait for the same: nothing was changed. */
  | 'OVERLOADED'
  /** r or w is larger than the number of replicas. */
  | 'LEVEL_TOO_HIGH';

/** The store could not serve a request. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
