/*
 * What an engine does to its records as a whole: which placement groups may lack something, which records are
 * dropped for good, what is set aside. Everything that later claims rest on is in node.json before it is acted on.
 */
import { join } from 'node:path';
import { contextTextOf, decodeContext, decodeRegister, isRegisterText, type RecordText } from '@trolley/records';
import type { Clock } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import { ReadOnlyError, type Presence, type TombstoneWait } from '../engine.ts';
import { writeClusterMap } from './cluster-map-file.ts';
import type { CommitGroup } from './commit-group.ts';
import type { DataLayout } from './data-layout.ts';
import { errorMessage, SyncFailedError, type Disk } from './disk.ts';
import type { DraftActor } from './draft-actor.ts';
import type { EngineState } from './engine-state.ts';
import type { GroupCommit } from './group-commit.ts';
import { actorOf, type Identity } from './identity.ts';
import type { IdentityStore } from './identity-store.ts';
import type { RecordTable } from './record-table.ts';
import { replaceFile } from './sealed-file.ts';
import { SealWriter } from './seal.ts';
import { writeTombstoneWaits } from './tombstone-wait-file.ts';

/** What upkeep works with. */
export interface UpkeepOptions {
  readonly disk: Disk;
  readonly layout: Pick<DataLayout, 'setAside' | 'tombstoneWaits' | 'clusterMap'>;
  /** The map that was found on disk. */
  readonly clusterMap: ClusterMap | undefined;
  readonly identities: IdentityStore;
  readonly draftActor: DraftActor;
  readonly table: RecordTable;
  readonly commit: GroupCommit;
  readonly state: EngineState;
  readonly clock: Clock;
  readonly nextTurn: () => Promise<void>;
}

/** Records written to a set-aside file before requests go on. */
const SLICE_RECORDS = 1_000;

/** Upkeep of one engine. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #incomplete: ReadonlySet<number>;
  #voteless: ReadonlySet<number>;
  #floors: ReadonlyMap<number, number>;
  #map: ClusterMap | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    const { identity } = options.identities;
    this.#incomplete = new Set(identity.incompleteGroups);
    this.#voteless = new Set(identity.votelessGroups);
    this.#floors = new Map(identity.ballotFloors);
    this.#map = options.clusterMap;
  }

  get incompleteGroups(): ReadonlySet<number> {
    return this.#incomplete;
  }

  /** Where the counters of this actor begin in records that do not know it. */
  get startAbove(): number {
    return this.#options.identities.identity.droppedCounter;
  }

  get tombstoneDrops(): readonly (readonly [pg: number, atMs: number])[] {
    return this.#options.identities.identity.tombstoneDrops;
  }

  /** This node takes part in no ballot on registers of the group whose counter is not above this. */
  ballotFloor(pg: number): number {
    return this.#floors.get(pg) ?? 0;
  }

  get votelessGroups(): ReadonlySet<number> {
    return this.#voteless;
  }

  /** As `Engine.highestPromises`. */
  get highestPromises(): readonly (readonly [pg: number, counter: number])[] {
    const highest = new Map(this.#floors);
    for (const [pg, counter] of this.#options.table.durable.highestPromises) {
      if (counter > this.ballotFloor(pg)) highest.set(pg, counter);
    }
    return [...highest];
  }

  /** As `Engine.regainVotes`. */
  async regainVotes(counters: readonly (readonly [pg: number, counter: number])[]): Promise<void> {
    const regained = new Map(counters);
    await this.#update((identity) => ({
      ...identity,
      ballotFloors: raised(identity.ballotFloors, counters),
      // Of the identity as it is when this is written: a group may have become incomplete since it was asked for.
      votelessGroups: identity.votelessGroups.filter(
        (pg) => !regained.has(pg) || identity.incompleteGroups.includes(pg),
      ),
    }));
  }

  /** As `ballotFloor`, and above every ballot while the node has no vote in the group. */
  votingFloor(pg: number): number {
    return this.#voteless.has(pg) ? Number.POSITIVE_INFINITY : this.ballotFloor(pg);
  }

  /** As `Engine.raiseBallotFloors`. */
  async raiseBallotFloors(floors: readonly (readonly [pg: number, counter: number])[]): Promise<void> {
    if (floors.every(([pg, counter]) => counter <= this.ballotFloor(pg))) return;
    await this.#update((identity) => ({ ...identity, ballotFloors: raised(identity.ballotFloors, floors) }));
  }

  get rememberedEpoch(): number {
    return this.#options.identities.identity.epoch;
  }

  async rememberEpoch(epoch: number): Promise<void> {
    this.#options.state.assertOpen();
    if (epoch <= this.rememberedEpoch) return;
    await this.#update((identity) => ({ ...identity, epoch: Math.max(epoch, identity.epoch) }));
  }

  get rememberedMap(): ClusterMap | undefined {
    return this.#map;
  }

  /** As `Engine.rememberMap`. */
  async rememberMap(map: ClusterMap): Promise<void> {
    const { disk, layout } = this.#options;
    await this.#write(async () => writeClusterMap(disk, layout.clusterMap, map));
    this.#map = map;
  }

  async notePresence(presence: Presence): Promise<void> {
    await this.#update((identity) => ({ ...identity, presence }));
  }

  async markComplete(placementGroups: readonly number[]): Promise<void> {
    const completed = new Set(placementGroups.filter((pg) => this.#incomplete.has(pg)));
    await this.#setIncomplete(completed, (identity) => ({
      ...identity,
      incompleteGroups: identity.incompleteGroups.filter((pg) => !completed.has(pg)),
    }));
  }

  async markIncomplete(placementGroups: readonly number[]): Promise<void> {
    const lacking = new Set(placementGroups.filter((pg) => !this.#incomplete.has(pg)));
    await this.#setIncomplete(lacking, (identity) => ({
      ...identity,
      incompleteGroups: ascending([...identity.incompleteGroups, ...lacking]),
      votelessGroups: ascending(new Set([...identity.votelessGroups, ...lacking])),
    }));
  }

  async noteTombstoneDrops(drops: Iterable<readonly [pg: number, atMs: number]>): Promise<void> {
    const known = new Map(this.tombstoneDrops);
    const later = [...drops].filter(([pg, atMs]) => atMs > (known.get(pg) ?? 0));
    if (later.length === 0) return;
    await this.#update((identity) => {
      const merged = new Map(identity.tombstoneDrops);
      for (const [pg, atMs] of later) merged.set(pg, Math.max(atMs, merged.get(pg) ?? 0));
      return { ...identity, tombstoneDrops: [...merged] };
    });
  }

  async noteTombstoneWaits(waits: Iterable<TombstoneWait>): Promise<void> {
    const { disk, layout, nextTurn } = this.#options;
    await this.#write(async () => writeTombstoneWaits(disk, layout.tombstoneWaits, waits, nextTurn));
  }

  async dropRecords(
    records: Iterable<readonly [key: string, record: RecordText]>,
    mayDrop: () => boolean = () => true,
  ): Promise<number> {
    const { commit, table, state } = this.#options;
    const wanted = [...records].filter(([key, text]) => isStill(table.look(key).text, text));
    const held = wanted.map(([key, text]) => [key, table.look(key).text ?? text] as const);
    await this.#raiseDroppedCounter(held.filter(([, text]) => !isRegisterText(text)));
    await this.#raiseFloors(held.filter(([, text]) => isRegisterText(text)));
    const groups = new Set<CommitGroup>();
    let dropped = 0;
    for (const [key, text] of wanted) {
      while (!commit.hasRoom) await commit.room();
      state.assertOpen();
      // Looked at again: it may have been written since.
      const { text: last } = table.look(key);
      if (last === undefined || !isStill(last, text) || !this.#isForgettable(key, last) || !mayDrop()) continue;
      groups.add(commit.drop(key, contextTextOf(last)));
      dropped += 1;
    }
    await Promise.all(Array.from(groups, async ({ durable }) => durable));
    return dropped;
  }

  async setAside(placementGroups: readonly number[], reason: string): Promise<string> {
    const { disk, layout, clock } = this.#options;
    const setAsideFolder = layout.setAside;
    await disk.makeDirectory(setAsideFolder);
    const when = new Date(clock.nowMs()).toISOString().replaceAll(':', '');
    const names = new Set(await disk.list(setAsideFolder));
    let name = `${when}-records.json`;
    for (let copy = 2; names.has(name); copy++) name = `${when}-records.json.${copy}`;
    const path = join(setAsideFolder, name);
    await replaceFile(disk, path, this.#piecesOf(placementGroups, reason));
    await disk.sync(setAsideFolder);
    return path;
  }

  async *#piecesOf(placementGroups: readonly number[], reason: string): AsyncGenerator<Buffer> {
    const { table, nextTurn } = this.#options;
    const seal = new SealWriter();
    let next = `{"reason":${JSON.stringify(reason)},"records":[`;
    let written = 0;
    for (const pg of placementGroups) {
      for (const record of table.durableRecords(pg)) {
        next += `${written === 0 ? '' : ','}\n${JSON.stringify(record)}`;
        written += 1;
        if (written % SLICE_RECORDS > 0) continue;
        yield seal.piece(next);
        next = '';
        await nextTurn();
      }
    }
    yield seal.end(`${next}\n]`);
  }

  /** Before anything is forgotten: what was used of this actor's counters must never be used again. */
  async #raiseDroppedCounter(records: readonly (readonly [key: string, text: RecordText])[]): Promise<void> {
    const { identities, draftActor } = this.#options;
    const actors = [actorOf(identities.identity), ...draftActor.names];
    let highest = 0;
    for (const [, text] of records) {
      const context = decodeContext(contextTextOf(text));
      for (const actor of actors) highest = Math.max(highest, context.get(actor) ?? 0);
    }
    if (highest <= this.startAbove) return;
    await this.#update((identity) => ({ ...identity, droppedCounter: Math.max(highest, identity.droppedCounter) }));
  }

  /** Likewise: what was promised must stay so, and what was accepted must not be accepted once more. */
  async #raiseFloors(registers: readonly (readonly [key: string, text: RecordText])[]): Promise<void> {
    await this.raiseBallotFloors(
      registers.map(([key, text]) => [this.#options.table.groupOf(key), decodeRegister(text).promised[0]]),
    );
  }

  /** Whether all that a register promised is known without it: a promise may have been made since floors were raised. */
  #isForgettable(key: string, text: RecordText): boolean {
    if (!isRegisterText(text)) return true;
    return decodeRegister(text).promised[0] <= this.ballotFloor(this.#options.table.groupOf(key));
  }

  async #setIncomplete(changed: ReadonlySet<number>, change: (identity: Identity) => Identity): Promise<void> {
    this.#options.state.assertOpen();
    if (changed.size === 0) return;
    await this.#update(change);
  }

  async #update(change: (identity: Identity) => Identity): Promise<void> {
    const { identities } = this.#options;
    await this.#write(async () => identities.update(change));
    const { incompleteGroups, votelessGroups, ballotFloors } = identities.identity;
    this.#incomplete = new Set(incompleteGroups);
    this.#voteless = new Set(votelessGroups);
    this.#floors = new Map(ballotFloors);
  }

  /** Writes a file of its own. @throws ReadOnlyError when the disk takes no writes */
  async #write(write: () => Promise<void>): Promise<void> {
    const { state } = this.#options;
    state.assertOpen();
    try {
      await write();
    } catch (error) {
      if (error instanceof SyncFailedError) state.fail(error);
      state.assertOpen();
      throw new ReadOnlyError(`the disk takes no writes: ${errorMessage(error)}`, { cause: error });
    }
  }
}

/** Whether what is held is what was to be dropped; of a register, what was accepted: its promises may differ. */
function isStill(held: RecordText | undefined, wanted: RecordText): boolean {
  if (held === undefined || held === wanted) return held === wanted;
  return isRegisterText(held) && isRegisterText(wanted) && contextTextOf(held) === contextTextOf(wanted);
}

function ascending(groups: Iterable<number>): number[] {
  return [...groups].toSorted((a, b) => a - b);
}

/** The higher counter of each group. */
function raised(
  floors: readonly (readonly [pg: number, counter: number])[],
  counters: readonly (readonly [pg: number, counter: number])[],
): [pg: number, counter: number][] {
  const highest = new Map(floors);
  for (const [pg, counter] of counters) highest.set(pg, Math.max(counter, highest.get(pg) ?? 0));
  return [...highest];
}
