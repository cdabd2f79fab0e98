/*
 * Brings groups to the journal, one at a time: what is written while a flush is running goes out with the
 * next. Decides what a failure means: a failed write takes back all that is pending and makes the
 * engine read-only until a probe succeeds; a failed flush is the end. Keeps table and journal in step.
 */
import type { Clock, Timer } from '@trolley/cluster';
import type { ContextText } from '@trolley/records';
import { ReadOnlyError } from '../engine.ts';
import { CommitGroup } from './commit-group.ts';
import { errorMessage, SyncFailedError } from './disk.ts';
import type { EngineLogger } from './engine-options.ts';
import { EngineClosedError, WriteFailedError } from './errors.ts';
import type { Journal } from './journal.ts';
import type { RecordTable } from './record-table.ts';

/** What the group commit works with. */
export interface GroupCommitOptions {
  readonly journal: Journal;
  readonly table: RecordTable;
  readonly clock: Clock;
  readonly logger: EngineLogger;
  readonly nextTurn: () => Promise<void>;
  readonly journalSegmentBytes: number;
  readonly pendingBytesMax: number;
  readonly probeIntervalMs: number;
  /** Called after each group that is on disk. */
  readonly onCommitted: () => void;
  /** Called when what was pending was taken back, before anything else can be put. */
  readonly onTakenBack: () => void;
  /** Called once, when a flush failed. */
  readonly onFailed: (error: Error) => void;
}

interface Rotation {
  readonly onSwitched: () => void;
  readonly resolve: (segment: number) => void;
  readonly reject: (error: Error) => void;
}

/** The one writer of the journal. */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #gathering = new CommitGroup();
  #flushing: CommitGroup | undefined;
  #rotations: Rotation[] = [];
  #waitingForRoom: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #probing: Promise<void> | undefined;
  #probeTimer: Timer | undefined;
  /** Why nothing can be written now. */
  #refusal: Error | undefined;
  #commits = 0;
  #committedWrites = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  get commits(): number {
    return this.#commits;
  }

  get committedWrites(): number {
    return this.#committedWrites;
  }

  /** Why the disk takes no writes now; undefined when it does. */
  get readOnlyReason(): string | undefined {
    return this.#refusal instanceof ReadOnlyError ? this.#refusal.message : undefined;
  }

  /** Whether another write may be put; the bound on what waits in memory. */
  get hasRoom(): boolean {
    const pendingBytes = this.#gathering.bytes + (this.#flushing?.bytes ?? 0);
    return pendingBytes < this.#options.pendingBytesMax;
  }

  /** Resolves when there may be room again; look before putting, as others wait too. */
  async room(): Promise<void> {
    await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
  }

  /**
   * Puts a record in memory and on its way to disk, with no wait in between.
   * @returns the group to wait for.
   * @throws ReadOnlyError and others, before anything has changed, when nothing can be written now.
   */
  put(key: string, text: string): CommitGroup {
    if (this.#refusal !== undefined) throw this.#refusal;
    const group = this.#gathering;
    group.add(key, text);
    this.#options.table.put(key, text, group);
    this.#start();
    return group;
  }

  /** Takes a record out of memory and on its way off the disk, likewise. */
  drop(key: string, context: ContextText): CommitGroup {
    if (this.#refusal !== undefined) throw this.#refusal;
    const group = this.#gathering;
    group.drop(key, context);
    this.#options.table.put(key, undefined, group);
    this.#start();
    return group;
  }

  /** Puts hints on their way to disk. @returns the group to wait for. @throws as for put */
  hint(node: string, keys: readonly string[]): CommitGroup {
    if (this.#refusal !== undefined) throw this.#refusal;
    const group = this.#gathering;
    group.hint(node, keys);
    this.#start();
    return group;
  }

  /**
   * Goes on in a new segment, between two groups. `onSwitched` runs at that very moment: what was
   * committed before it is in an older segment, what is committed after it in the new one.
   * @returns the new segment's number.
   */
  async rotate(onSwitched: () => void): Promise<number> {
    if (this.#refusal !== undefined) throw this.#refusal;
    return await new Promise((resolve, reject) => {
      this.#rotations.push({ onSwitched, resolve, reject });
      this.#start();
    });
  }

  /** Nothing can be written until a probe succeeds; what is pending is taken back. */
  becomeReadOnly(cause: unknown): ReadOnlyError {
    const error = new ReadOnlyError(`the disk takes no writes: ${errorMessage(cause)}`, { cause });
    this.#options.logger.error({ err: error }, 'read-only: the disk takes no writes');
    this.#refuse(error);
    this.#scheduleProbe();
    return error;
  }

  /** Ends writing for good; what is pending is taken back. */
  stop(reason: Error = new EngineClosedError('the storage engine is closed')): void {
    this.#probeTimer?.cancel();
    this.#refuse(reason);
  }

  /** Resolves when no flush and no probe is running. */
  async idle(): Promise<void> {
    await this.#running;
    await this.#probing;
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop goes out in the same group.
    await this.#options.nextTurn();
    while (this.#rotations.length > 0 || this.#gathering.writes > 0) {
      try {
        const rotation = this.#rotations[0];
        if (rotation === undefined) await this.#flush();
        else await this.#rotate(rotation);
      } catch (error) {
        await this.#onWriteFailed(error);
      }
    }
    // In the same step as the look at the queues: whoever comes after it starts a new run.
    this.#running = undefined;
  }

  async #rotate(rotation: Rotation): Promise<void> {
    await this.#options.journal.startSegment();
    this.#rotations.shift();
    rotation.onSwitched();
    rotation.resolve(this.#options.journal.segment);
  }

  async #flush(): Promise<void> {
    const { journal, table, journalSegmentBytes, onCommitted } = this.#options;
    const group = this.#gathering;
    this.#gathering = new CommitGroup();
    this.#flushing = group;
    if (journal.segmentBytes >= journalSegmentBytes) await journal.startSegment();
    await journal.append(group);
    this.#flushing = undefined;
    table.commit(group);
    this.#commits += 1;
    this.#committedWrites += group.writes;
    group.succeed();
    this.#wakeWaiting();
    onCommitted();
  }

  async #onWriteFailed(error: unknown): Promise<void> {
    if (error instanceof SyncFailedError) {
      this.#options.onFailed(error);
      return;
    }
    const failed = this.#flushing;
    this.#flushing = undefined;
    // Refuse first: while the segment is being cut, nobody may add to what is taken back.
    const refusal = this.becomeReadOnly(error);
    // Answered only then: as long as it is not cut off, a restart may find it whole, and nobody may say that it was not done.
    const isCut = await this.#options.journal.cut();
    failed?.fail(isCut ? refusal : new WriteFailedError(refusal));
  }

  #refuse(reason: Error): void {
    this.#refusal = reason;
    this.#options.table.rollBack();
    this.#options.onTakenBack();
    const groups = [this.#flushing, this.#gathering];
    const rotations = this.#rotations;
    this.#flushing = undefined;
    this.#gathering = new CommitGroup();
    this.#rotations = [];
    for (const group of groups) group?.fail(reason);
    for (const rotation of rotations) rotation.reject(reason);
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    const waiting = this.#waitingForRoom;
    this.#waitingForRoom = [];
    for (const wake of waiting) wake();
  }

  #scheduleProbe(): void {
    this.#probeTimer = this.#options.clock.after(this.#options.probeIntervalMs, () => {
      this.#probing = this.#probe();
    });
  }

  async #probe(): Promise<void> {
    // The failed flush may still be cutting its segment back.
    await this.#running;
    try {
      await this.#options.journal.startSegment();
    } catch (error) {
      if (error instanceof SyncFailedError) this.#options.onFailed(error);
      else this.#scheduleProbe();
      return;
    }
    // Closed or failed meanwhile: that stays.
    if (!(this.#refusal instanceof ReadOnlyError)) return;
    this.#refusal = undefined;
    this.#options.logger.info({ segment: this.#options.journal.segment }, 'the disk takes writes again');
  }
}
