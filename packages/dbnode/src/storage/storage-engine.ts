/*
 * The engine port on a recovered data directory. Decides and changes in memory with no wait in between,
 * then waits for the group that brings it to disk before it answers; so does whoever reads meanwhile.
 */
import {
  applyChange,
  contextTextOf,
  decodeRecord,
  emptyRecord,
  encodeRecord,
  isRegisterKey,
  merge,
  mergeTexts,
  type Ballot,
  type Change,
  type ChangeOutcome,
  type ContextText,
  type Proposal,
  type RecordText,
} from '@trolley/records';
import type {
  AcceptResult,
  AdoptOutcome,
  Clock,
  PrepareResult,
  WithdrawnDraft,
  WithdrawOutcome,
} from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import {
  DraftedError,
  type DigestEntries,
  type Engine,
  type EngineStatistics,
  type Found,
  type Presence,
  type RecoveryReport,
  type TombstoneWait,
} from '../engine.ts';
import type { CheckpointSchedule } from './checkpoint-schedule.ts';
import type { DirectoryLock } from './data-directory-lock.ts';
import { listDigestEntries } from './digest-entries.ts';
import type { DraftActor } from './draft-actor.ts';
import { Drafting } from './drafting.ts';
import type { Drafts } from './drafts.ts';
import type { EngineLogger } from './engine-options.ts';
import type { EngineState } from './engine-state.ts';
import { InvalidKeyError } from './errors.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Digest, TreePath } from './hash-tree.ts';
import type { HintLedger } from './hint-ledger.ts';
import { actorOf } from './identity.ts';
import type { IdentityStore } from './identity-store.ts';
import type { Journal } from './journal.ts';
import type { RecordTable } from './record-table.ts';
import { RegisterAcceptor } from './register-acceptor.ts';
import type { Upkeep } from './upkeep.ts';

/** Characters of a key; escaped as JSON it still fits the journal's 16-bit length. */
const KEY_LENGTH_MAX = 8192;

/** What an engine is made of. */
export interface StorageEngineParts {
  readonly identities: IdentityStore;
  readonly draftActor: DraftActor;
  readonly drafts: Drafts;
  readonly recovery: RecoveryReport;
  readonly table: RecordTable;
  readonly journal: Journal;
  readonly commit: GroupCommit;
  readonly checkpoints: CheckpointSchedule;
  readonly lock: DirectoryLock;
  readonly clock: Clock;
  readonly logger: EngineLogger;
  readonly state: EngineState;
  readonly hints: HintLedger;
  readonly tombstoneWaits: readonly TombstoneWait[];
  readonly upkeep: Upkeep;
  readonly nextTurn: () => Promise<void>;
}

/** A journal of more segments than this is worth a checkpoint at close even when no record changed. */
const IDLE_SEGMENTS_MAX = 16;

function assertKey(key: string): void {
  if (key.length > KEY_LENGTH_MAX) {
    throw new InvalidKeyError(`a key has at most ${KEY_LENGTH_MAX} characters, not ${key.length}`);
  }
}

/** The engine of one open data directory. */
export class StorageEngine implements Engine {
  readonly nodeId: string;
  readonly actor: string;
  readonly recovery: RecoveryReport;
  readonly lastPresence: Presence | undefined;
  readonly hints: HintLedger;
  readonly #parts: StorageEngineParts;
  readonly #acceptor: RegisterAcceptor;
  readonly #drafting: Drafting;
  #tombstoneWaits: readonly TombstoneWait[];
  #closing: Promise<void> | undefined;

  constructor(parts: StorageEngineParts) {
    const { identity } = parts.identities;
    this.nodeId = identity.nodeId;
    this.actor = actorOf(identity);
    this.recovery = parts.recovery;
    this.lastPresence = identity.presence ?? undefined;
    this.hints = parts.hints;
    this.#tombstoneWaits = parts.tombstoneWaits;
    this.#parts = parts;
    this.#acceptor = new RegisterAcceptor(parts);
    this.#drafting = new Drafting({
      ...parts,
      actor: this.actor,
      environment: (actor) => this.#changeEnvironment(actor),
      isIncomplete: (key) => this.#isIncomplete(key),
    });
  }

  get statistics(): EngineStatistics {
    const { table, journal, commit, checkpoints } = this.#parts;
    return {
      records: table.size,
      bytes: table.characters,
      journalBytes: journal.bytes,
      commits: commit.commits,
      committedEntries: commit.committedWrites,
      checkpoints: checkpoints.finished,
      readOnlyReason: commit.readOnlyReason,
    };
  }

  async readRecord(key: string): Promise<Found<RecordText>> {
    const value = await this.#durableText(key);
    return { value, incomplete: this.#isIncomplete(key) };
  }

  async readContext(key: string): Promise<Found<ContextText>> {
    const text = await this.#durableText(key);
    const value = text === undefined ? undefined : contextTextOf(text);
    return { value, incomplete: this.#isIncomplete(key) };
  }

  readSettled(key: string): Found<RecordText> | undefined {
    this.#parts.state.assertOpen();
    const { text, group } = this.#parts.table.look(key);
    return group === undefined ? { value: text, incomplete: this.#isIncomplete(key) } : undefined;
  }

  async change(key: string, change: Change, base: RecordText | undefined): Promise<ChangeOutcome<RecordText>> {
    assertKey(key);
    // Not in a function of its own: nothing may come between seeing that there is room and taking it.
    while (!this.#parts.commit.hasRoom) await this.#parts.commit.room();
    this.#parts.state.assertOpen();
    if (this.#parts.drafts.has(key)) throw new DraftedError(`a draft of ${key} is open`);
    const held = this.#parts.table.look(key);
    const own = held.text === undefined ? emptyRecord : decodeRecord(held.text);
    const merged = base === undefined || base === held.text ? own : merge(own, decodeRecord(base));
    const outcome = applyChange(merged, change, this.#changeEnvironment(this.actor));
    const record = encodeRecord(outcome.record);
    // What `base` taught is kept also when the change itself did nothing: the answer counts as one replica's
    // word that it holds this record. Only a refusal writes nothing.
    const mustWrite = outcome.type !== 'refused' && record !== (held.text ?? encodeRecord(emptyRecord));
    await (mustWrite ? this.#parts.commit.put(key, record) : held.group)?.durable;
    return { ...outcome, record };
  }

  async merge(key: string, record: RecordText): Promise<boolean> {
    assertKey(key);
    // Not in a function of its own: nothing may come between seeing that there is room and taking it.
    while (!this.#parts.commit.hasRoom) await this.#parts.commit.room();
    this.#parts.state.assertOpen();
    const held = this.#parts.table.look(key);
    const next = mergeTexts(held.text, record, this.#parts.upkeep.votingFloor(this.#parts.table.groupOf(key)));
    if (next === held.text) {
      await held.group?.durable;
      return false;
    }
    await this.#drafting.put(key, next).durable;
    return true;
  }

  draft(key: string, id: string, change: Change): RecordText | undefined {
    assertKey(key);
    return this.#drafting.draft(key, id, change);
  }

  async adopt(key: string, draft: RecordText, notAfterMs?: number): Promise<AdoptOutcome> {
    assertKey(key);
    return this.#drafting.adopt(key, draft, notAfterMs);
  }

  async withdraw(key: string, draft: WithdrawnDraft): Promise<WithdrawOutcome> {
    assertKey(key);
    return this.#drafting.withdraw(key, draft);
  }

  closeDrafts(key: string): boolean {
    return this.#parts.drafts.close(key);
  }

  async prepare(key: string, ballot: Ballot): Promise<PrepareResult> {
    assertKey(key);
    return this.#acceptor.prepare(key, ballot);
  }

  async accept(key: string, proposal: Proposal): Promise<AcceptResult> {
    assertKey(key);
    return this.#acceptor.accept(key, proposal);
  }

  async scan(
    prefix: string,
    after: string | undefined,
    limit: number,
  ): Promise<{ entries: readonly (readonly [key: string, record: RecordText])[]; more: boolean }> {
    for (;;) {
      this.#parts.state.assertOpen();
      const { entries, groups, more } = this.#parts.table.scan(prefix, after, limit);
      const areDurable = await Promise.all(Array.from(groups, async (group) => await group.settled()));
      // When one was taken back, what was found is not so.
      if (!areDurable.includes(false)) return { entries, more };
    }
  }

  async checkpoint(): Promise<void> {
    this.#parts.state.assertOpen();
    await this.#parts.checkpoints.run();
  }

  get incompleteGroups(): ReadonlySet<number> {
    return this.#parts.upkeep.incompleteGroups;
  }

  async markComplete(placementGroups: readonly number[]): Promise<void> {
    await this.#parts.upkeep.markComplete(placementGroups);
  }

  get rememberedEpoch(): number {
    return this.#parts.upkeep.rememberedEpoch;
  }

  async rememberEpoch(epoch: number): Promise<void> {
    await this.#parts.upkeep.rememberEpoch(epoch);
  }

  get rememberedMap(): ClusterMap | undefined {
    return this.#parts.upkeep.rememberedMap;
  }

  async rememberMap(map: ClusterMap): Promise<void> {
    await this.#parts.upkeep.rememberMap(map);
  }

  async markIncomplete(placementGroups: readonly number[]): Promise<void> {
    await this.#parts.upkeep.markIncomplete(placementGroups);
  }

  async notePresence(presence: Presence): Promise<void> {
    await this.#parts.upkeep.notePresence(presence);
  }

  get votelessGroups(): ReadonlySet<number> {
    return this.#parts.upkeep.votelessGroups;
  }

  get highestPromises(): readonly (readonly [pg: number, counter: number])[] {
    return this.#parts.upkeep.highestPromises;
  }

  async raiseBallotFloors(counters: readonly (readonly [pg: number, counter: number])[]): Promise<void> {
    await this.#parts.upkeep.raiseBallotFloors(counters);
  }

  async regainVotes(counters: readonly (readonly [pg: number, counter: number])[]): Promise<void> {
    await this.#parts.upkeep.regainVotes(counters);
  }

  digest(pg: number): Digest {
    return this.#parts.table.durable.digest(pg);
  }

  digestChildren(pg: number, path: TreePath): readonly Digest[] {
    return this.#parts.table.durable.children(pg, path);
  }

  async entriesUnder(
    pg: number,
    paths: readonly TreePath[],
    after: string | undefined,
    limit: number,
  ): Promise<DigestEntries> {
    this.#parts.state.assertOpen();
    return listDigestEntries(this.#parts.table, { pg, paths, after, limit }, this.#parts.nextTurn);
  }

  tombstones(pg: number): ReadonlySet<string> {
    return this.#parts.table.durable.tombstones(pg);
  }

  get barePromises(): ReadonlySet<string> {
    return this.#parts.table.durable.barePromises;
  }

  takeTombstoneWaits(): readonly TombstoneWait[] {
    const taken = this.#tombstoneWaits;
    this.#tombstoneWaits = [];
    return taken;
  }

  async noteTombstoneWaits(waits: Iterable<TombstoneWait>): Promise<void> {
    await this.#parts.upkeep.noteTombstoneWaits(waits);
  }

  get tombstoneDrops(): readonly (readonly [pg: number, atMs: number])[] {
    return this.#parts.upkeep.tombstoneDrops;
  }

  async noteTombstoneDrops(drops: Iterable<readonly [pg: number, atMs: number]>): Promise<void> {
    await this.#parts.upkeep.noteTombstoneDrops(drops);
  }

  async dropRecords(
    records: Iterable<readonly [key: string, record: RecordText]>,
    mayDrop?: () => boolean,
  ): Promise<number> {
    return this.#parts.upkeep.dropRecords(records, mayDrop);
  }

  async setAside(placementGroups: readonly number[], reason: string): Promise<string> {
    return this.#parts.upkeep.setAside(placementGroups, reason);
  }

  async addHints(node: string, keys: readonly string[]): Promise<void> {
    this.hints.add(node, keys);
    this.#parts.state.assertOpen();
    await this.#parts.commit.hint(node, keys).durable;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const { state, commit, checkpoints, journal, lock, logger, drafts, draftActor } = this.#parts;
    state.close();
    const areAllSettled = drafts.count === 0;
    drafts.stop();
    await commit.idle();
    await checkpoints.stop();
    if (this.#needsCheckpoint()) {
      await checkpoints.run().catch((error: unknown) => {
        logger.warn({ err: error }, 'the last checkpoint failed; the journal keeps everything');
      });
    }
    if (areAllSettled && !state.isFailed) {
      await draftActor.handOn().catch((error: unknown) => {
        logger.warn({ err: error }, 'the next start takes a new name for what it drafts');
      });
    }
    commit.stop();
    await commit.idle();
    await journal.close();
    await lock.release();
  }

  #needsCheckpoint(): boolean {
    const { state, commit, table, journal } = this.#parts;
    if (state.isFailed || commit.readOnlyReason !== undefined) return false;
    return table.dirtyCount > 0 || journal.segmentCount > IDLE_SEGMENTS_MAX;
  }

  /** The newest text of a key, once it is on disk. */
  async #durableText(key: string): Promise<RecordText | undefined> {
    for (;;) {
      this.#parts.state.assertOpen();
      const { text, group } = this.#parts.table.look(key);
      // Waits for the group it saw and no later one, so that writes to a busy key cannot starve its readers.
      const isDurable = group === undefined || (await group.settled());
      if (isDurable) return text;
    }
  }

  #changeEnvironment(actor: string) {
    return { actor, nowMs: this.#parts.clock.nowMs(), startAbove: this.#parts.upkeep.startAbove };
  }

  /** What a register holds means nothing either before the node has its vote back: see `votelessGroups`. */
  #isIncomplete(key: string): boolean {
    const { incompleteGroups, votelessGroups } = this.#parts.upkeep;
    if (incompleteGroups.size + votelessGroups.size === 0) return false;
    const pg = this.#parts.table.groupOf(key);
    return incompleteGroups.has(pg) || (isRegisterKey(key) && votelessGroups.has(pg));
  }
}
