/*
 * The storage engine as the rest of the node sees it: records in memory, a journal and checkpoints on
 * disk. What a caller is told is on disk; what is not yet on disk, nobody is shown.
 */
import type { Change, ChangeOutcome, ContextText, RecordText } from '@trolley/records';

/** A file that could not be trusted, and was moved out of the way. */
export interface SetAside {
  readonly file: string;
  readonly reason: string;
}

/** What start-up found. */
export interface RecoveryReport {
  readonly records: number;
  readonly journalEntries: number;
  /** Bytes of an unfinished last write that were cut off. */
  readonly tornBytes: number;
  /** Why it could not be proven that all that was ever acknowledged is here; each start with any takes a new incarnation. */
  readonly doubts: readonly string[];
  readonly setAside: readonly SetAside[];
  /** Placement groups that might lack what was once acknowledged. */
  readonly incompleteGroups: readonly number[];
  readonly tookMs: number;
}

/** Figures for metrics and status. */
export interface EngineStatistics {
  readonly records: number;
  readonly journalBytes: number;
  /** Group commits since the start, and the entries in them. */
  readonly commits: number;
  readonly committedEntries: number;
  readonly checkpoints: number;
  /** Set while the disk takes no writes. */
  readonly readOnlyReason: string | undefined;
}

/** What a read found. */
export interface Found<T> {
  readonly value: T | undefined;
  /** The placement group may lack what was once acknowledged. */
  readonly incomplete: boolean;
}

/**
 * Every promise resolves only when what it shows is on disk, so that no one learns of a dot that a crash
 * could take back.
 */
export interface Engine {
  /** This node's id, and its incarnation: the actor in the dots of the changes that it coordinates. */
  readonly nodeId: string;
  readonly actor: string;
  readonly recovery: RecoveryReport;
  readonly statistics: EngineStatistics;
  /** Placement groups that may still lack what was once acknowledged. */
  readonly incompleteGroups: ReadonlySet<number>;

  readRecord(key: string): Promise<Found<RecordText>>;
  readContext(key: string): Promise<Found<ContextText>>;

  /**
   * Merges `base` into the record, applies the change under a fresh dot and journals the result.
   * @throws ReadOnlyError when the disk takes no writes; nothing has changed then.
   * @throws MalformedRecordError when base is not a record.
   */
  change(key: string, change: Change, base: RecordText | undefined): Promise<ChangeOutcome<RecordText>>;

  /**
   * Merges a record into the one held. Resolves to whether anything changed; writes nothing when not.
   * @throws ReadOnlyError, MalformedRecordError as for change.
   */
  merge(key: string, record: RecordText): Promise<boolean>;

  /** Up to `limit` records whose keys begin with the prefix and come after `after`, ordered by key; tombstones too. */
  scan(
    prefix: string,
    after: string | undefined,
    limit: number,
  ): Promise<{ entries: readonly (readonly [key: string, record: RecordText])[]; more: boolean }>;

  /**
   * Repair has brought back whatever these placement groups may have lacked; resolves when that is recorded.
   * @throws ReadOnlyError when the disk takes no writes.
   */
  markComplete(placementGroups: readonly number[]): Promise<void>;

  /** The newest epoch that it was asked to remember, also before a restart; 0 when none. */
  readonly rememberedEpoch: number;

  /** Resolves when the epoch, or a newer one, is on disk. @throws ReadOnlyError when the disk takes no writes. */
  rememberEpoch(epoch: number): Promise<void>;

  /** Writes the placement groups that changed, then drops the journal before it. One at a time. */
  checkpoint(): Promise<void>;

  /** Final checkpoint, then lets go of the data directory. Safe to call twice. */
  close(): Promise<void>;
}

/** The disk takes no writes: it is full, read-only or over quota. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError';
  readonly code = 'READ_ONLY';
}
