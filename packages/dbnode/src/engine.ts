/*
 * The storage engine as the rest of the node sees it: records in memory, a journal and checkpoints on
 * disk. What a caller is told is on disk; what is not yet on disk, nobody is shown.
 */
import type { AcceptResult, AdoptOutcome, PrepareResult, WithdrawnDraft, WithdrawOutcome } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Ballot, Change, ChangeOutcome, ContextText, Proposal, RecordText } from '@trolley/records';
import type { Digest, TreePath } from './storage/hash-tree.ts';
import type { HintLedger } from './storage/hint-ledger.ts';

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
  /**
   * Set when what would tell of later changes was lost: what is here is then certainly right only as of this time, in
   * wall-clock milliseconds; 0 when not even that is known.
   */
  readonly asOfMs: number | undefined;
  readonly tookMs: number;
}

/** Figures for metrics and status. */
export interface EngineStatistics {
  readonly records: number;
  /** Characters of their keys and texts; nearly all of them take one byte. */
  readonly bytes: number;
  readonly journalBytes: number;
  /** Group commits since the start, and the entries in them. */
  readonly commits: number;
  readonly committedEntries: number;
  readonly checkpoints: number;
  /** Set while the disk takes no writes. */
  readonly readOnlyReason: string | undefined;
}

/** When, in wall-clock milliseconds, and under which map a node took part in the cluster. */
export interface Presence {
  readonly atMs: number;
  readonly epoch: number;
}

/** Part of what stands under nodes of a hash tree, ordered by key. */
export interface DigestEntries {
  readonly entries: readonly (readonly [key: string, context: ContextText])[];
  readonly more: boolean;
}

/** For how long all replicas have been known to have a tombstone. */
export interface TombstoneWait {
  readonly key: string;
  /** Of the tombstone: what is written later has another, and has not waited. */
  readonly context: ContextText;
  /** While this node ran. */
  readonly waitedMs: number;
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
  /** The same as readRecord, at once; undefined when there is something to wait for. */
  readSettled(key: string): Found<RecordText> | undefined;

  /**
   * Merges `base` into the record, applies the change under a fresh dot and journals the result.
   * @throws DraftedError while a draft of the key is open: what it would change may be about to become another.
   * @throws ReadOnlyError when the disk takes no writes; nothing has changed then.
   * @throws MalformedRecordError when base is not a record.
   */
  change(key: string, change: Change, base: RecordText | undefined): Promise<ChangeOutcome<RecordText>>;

  /**
   * What the change would make of the record, under a dot that this node uses at no other time, whatever becomes of the
   * draft. Nothing is written, and nobody must be shown it before enough others have adopted it; one of them, or whoever had
   * it drafted, then merges it here. Concurrent drafts of a key are built upon each other.
   *
   * Undefined when the change is refused or does nothing, and whenever it is not certain that a draft can come to anything:
   * make the change then.
   *
   * @param id by which it can be withdrawn; no two drafts of a key have the same
   */
  draft(key: string, id: string, change: Change): RecordText | undefined;

  /**
   * Takes over a draft of another node, unless there is anything here that the draft has not seen. Resolves to what came of it.
   * Of a placement group that may lack something, refused: what should be here may be what the draft has not seen. Refused
   * also after `notAfterMs`, by the monotonic clock.
   * @throws ReadOnlyError, MalformedRecordError as for change.
   */
  adopt(key: string, draft: RecordText, notAfterMs?: number): Promise<AdoptOutcome>;

  /**
   * Gives up a draft, unless another was built upon it: then no more are, and it can be tried again once the fate of that one
   * is known. Resolves once what is told of it is on disk.
   */
  withdraw(key: string, draft: WithdrawnDraft): Promise<WithdrawOutcome>;

  /**
   * Whether drafts of a key are open. None is made for a while then, so that whoever asks can wait for their fate, and change
   * the key next.
   */
  closeDrafts(key: string): boolean;

  /**
   * Merges a record into the one held. Resolves to whether anything changed; writes nothing when not.
   * @throws ReadOnlyError, MalformedRecordError as for change.
   */
  merge(key: string, record: RecordText): Promise<boolean>;

  /**
   * Promises, on a register, to accept nothing below a ballot.
   * @throws ReadOnlyError as for change. MalformedRecordError when the key holds no register.
   */
  prepare(key: string, ballot: Ballot): Promise<PrepareResult>;

  /**
   * Accepts a value for a register.
   * @throws ReadOnlyError, MalformedRecordError as for prepare. BallotReusedError when another value was accepted under this
   * ballot; nothing has changed then.
   */
  accept(key: string, proposal: Proposal): Promise<AcceptResult>;

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

  /** As of this process's start: when the node last took part in the cluster; undefined when that is not known. */
  readonly lastPresence: Presence | undefined;

  /** Notes that the node takes part in the cluster now. @throws ReadOnlyError as for markComplete */
  notePresence(presence: Presence): Promise<void>;

  /** Marks placement groups as lacking what was once acknowledged. @throws ReadOnlyError as for markComplete */
  markIncomplete(placementGroups: readonly number[]): Promise<void>;

  /**
   * Placement groups in which this node may have forgotten what it promised or accepted, and so has no vote on registers.
   * Longer than it lacks records: those are known to be here again before the promises can be. Reads of registers count as
   * incomplete for as long: somebody may have counted on what it accepted, and others accept it only now.
   */
  readonly votelessGroups: ReadonlySet<number>;

  /**
   * For each placement group the highest counter of a ballot that was promised on a register in it, those of dropped
   * registers included; groups without any are left out. Higher than that nothing has been promised that is on disk.
   */
  readonly highestPromises: readonly (readonly [pg: number, counter: number])[];

  /**
   * Takes part in no ballot up to these counters any more: promises of others, to be kept here too.
   * @throws ReadOnlyError as for markComplete
   */
  raiseBallotFloors(counters: readonly (readonly [pg: number, counter: number])[]): Promise<void>;

  /**
   * Votes again in placement groups, but in no ballot up to these counters: promises that were forgotten are among them.
   * @throws ReadOnlyError as for markComplete
   */
  regainVotes(counters: readonly (readonly [pg: number, counter: number])[]): Promise<void>;

  /** The digest of a placement group's durable records. */
  digest(pg: number): Digest;

  /** The digests under a node of a placement group's hash tree: 16, or none where nothing ever was. */
  digestChildren(pg: number, path: TreePath): readonly Digest[];

  /**
   * Keys and contexts of the durable records under nodes of a placement group's hash tree: up to `limit` that come
   * after `after`, ordered by key. Each page walks the group once, a slice at a time, and keeps about twice `limit`;
   * what is written meanwhile may be missed.
   */
  entriesUnder(
    pg: number,
    paths: readonly TreePath[],
    after: string | undefined,
    limit: number,
  ): Promise<DigestEntries>;

  /** Keys of a placement group whose durable records are, by their looks, tombstones. */
  tombstones(pg: number): ReadonlySet<string>;

  /** Keys of registers, of all placement groups, on which something is promised and nothing was ever accepted. */
  readonly barePromises: ReadonlySet<string>;

  /** What was noted of waits before this process started; nothing when called again. Notes that were lost are left out. */
  takeTombstoneWaits(): readonly TombstoneWait[];

  /** Notes these waits in the place of others, one call at a time. @throws ReadOnlyError */
  noteTombstoneWaits(waits: Iterable<TombstoneWait>): Promise<void>;

  /** When tombstones of placement groups were last dropped, in wall-clock milliseconds, where they ever were. */
  readonly tombstoneDrops: readonly (readonly [pg: number, atMs: number])[];

  /** Takes over from other owners when they last dropped tombstones, where that is later. @throws ReadOnlyError */
  noteTombstoneDrops(drops: Iterable<readonly [pg: number, atMs: number]>): Promise<void>;

  /**
   * Drops records for good, context and all, each only if it is still exactly the one given. Resolves, once that is on
   * disk, to how many were. Whoever drops tombstones notes that first (`noteTombstoneDrops`).
   *
   * `mayDrop` is asked last, for each record, with nothing in between: whatever was written or acknowledged before it
   * says no stays.
   *
   * Of a register, what was accepted decides, since promises differ. No promise is broken for it: this node takes part in no
   * ballot up to it in the whole placement group from then on.
   *
   * No dot is used twice for it: keys that this node writes from then on start above every counter it has dropped.
   * @throws ReadOnlyError when the disk takes no writes.
   */
  dropRecords(records: Iterable<readonly [key: string, record: RecordText]>, mayDrop?: () => boolean): Promise<number>;

  /** Writes these placement groups' records to a file that is set aside for people to look at. @returns its path */
  setAside(placementGroups: readonly number[], reason: string): Promise<string>;

  /** Which nodes missed writes. Changed only by settling what was delivered; to add, call `addHints`. */
  readonly hints: HintLedger;

  /**
   * Remembers that a node missed writes to these keys, at once; resolves when that is on disk.
   * @throws ReadOnlyError when the disk takes no writes; it is remembered in memory all the same.
   */
  addHints(node: string, keys: readonly string[]): Promise<void>;

  /** The newest epoch that it was asked to remember, also before a restart; 0 when none. */
  readonly rememberedEpoch: number;

  /** Resolves when the epoch, or a newer one, is on disk. @throws ReadOnlyError when the disk takes no writes. */
  rememberEpoch(epoch: number): Promise<void>;

  /** The map that it was last asked to remember, also before a restart; undefined when none, or when it was damaged. */
  readonly rememberedMap: ClusterMap | undefined;

  /** Resolves when the map is on disk in the place of the last; one call at a time. @throws ReadOnlyError as for rememberEpoch */
  rememberMap(map: ClusterMap): Promise<void>;

  /** Writes the placement groups that changed, then drops the journal before it. One at a time. */
  checkpoint(): Promise<void>;

  /** Final checkpoint, then lets go of the data directory. Safe to call twice. */
  close(): Promise<void>;
}

/** A proposer broke the rules: it put two values under one ballot. What was decided may have been lost. */
export class BallotReusedError extends Error {
  override readonly name = 'BallotReusedError';
  readonly code = 'BALLOT_REUSED';
}

/** A draft of the key is open: a change made now, and what was drafted, would not know of each other. */
export class DraftedError extends Error {
  override readonly name = 'DraftedError';
  readonly code = 'DRAFTED';
}

/** The disk takes no writes: it is full, read-only or over quota. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError';
  readonly code = 'READ_ONLY';
}
