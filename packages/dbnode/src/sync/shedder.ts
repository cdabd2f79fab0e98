/*
 * Lets go of placement groups that moved away, once the move has ended: every owner is asked for each record
 * first, and is given what it lacks. Waits for owners that are away, and stops at once when a newer map is heard of:
 * by it the group may be this node's again.
 */
import type { Clock, NodeClient, Registry, Timer } from '@trolley/cluster';
import { placeGroup, type ClusterMap } from '@trolley/crush';
import { contextTextOf, type RecordText } from '@trolley/records';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import type { DropEvidence } from '../repair/absence.ts';
import type { RepairPeers } from '../repair/repair-peers.ts';
import type { Throttle } from '../repair/throttle.ts';
import { judgeShed, leavingGroups, unownedGroups } from './shed-decisions.ts';

const RETRY_MS = 2_000;
/** How soon to look again when there was nothing: what was being fetched when the map changed may come late. */
const IDLE_MS = 30_000;
const PAGE_RECORDS = 200;
const REQUEST_ID = 'shed';

/** What the shedder works with. */
export interface ShedderOptions {
  readonly registry: Registry;
  readonly engine: Engine;
  /** The number of placement groups that the engine counts in. */
  readonly pgCount: number;
  readonly peers: RepairPeers;
  /** Bounds how many records the owners are asked about in a second. */
  readonly throttle: Throttle;
  /** For how long every replica has had a deletion before it is forgotten. */
  readonly graceMs: number;
  /** The newest epoch that this node has heard of, from whomever. */
  readonly newestEpoch: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What this node itself knows of deletions in a group, as of the moment when it looked at what it holds. */
type OwnPart = Omit<DropEvidence, 'droppedAtMs'>;

type HeldRecord = readonly [key: string, record: RecordText];

/** Lets go of what is no longer this node's, until it is stopped. */
export class Shedder {
  readonly #options: ShedderOptions;
  readonly #stopWatching: () => void;
  /** When groups that leave were last this node's, in wall-clock milliseconds. */
  readonly #ownerAtMs = new Map<number, number>();
  #running: Promise<void> | undefined;
  /** The registry told of something while a run was under way. */
  #isDueAgain = false;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: ShedderOptions) {
    this.#options = options;
    this.#stopWatching = options.registry.onChange(() => this.#follow());
    this.#follow();
  }

  /** Lets go of nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    await this.#running;
  }

  #follow(): void {
    const { registry, engine, clock } = this.#options;
    const map = registry.view.stored?.map;
    if (map?.previousNodes !== undefined) {
      const leaving = new Set(leavingGroups(map, engine.nodeId));
      for (const pg of this.#ownerAtMs.keys()) if (!leaving.has(pg)) this.#ownerAtMs.delete(pg);
      for (const pg of leaving) if (!this.#ownerAtMs.has(pg)) this.#ownerAtMs.set(pg, clock.nowMs());
    }
    this.#run();
  }

  #run(): void {
    this.#isDueAgain = this.#running !== undefined;
    if (this.#stopped || this.#running !== undefined) return;
    this.#timer?.cancel();
    this.#running = this.#shed()
      .catch((error: unknown) =>
        this.#options.logger.info({ error: String(error) }, 'letting go of groups that moved away is put off'),
      )
      .finally(() => {
        this.#running = undefined;
        if (this.#stopped) return;
        const delayMs = this.#groupsToShed().length === 0 ? IDLE_MS : RETRY_MS;
        this.#timer = this.#options.clock.after(this.#isDueAgain ? 0 : delayMs, () => this.#run());
      });
  }

  /** The groups with records in them that are no longer this node's. */
  #groupsToShed(): readonly number[] {
    const { registry, engine, pgCount } = this.#options;
    const { connected, stored } = registry.view;
    if (!connected || stored?.map.pgCount !== pgCount) return [];
    return unownedGroups(stored.map, engine.nodeId).filter((pg) => engine.digest(pg).count > 0);
  }

  async #shed(): Promise<void> {
    const groups = this.#groupsToShed();
    const map = this.#options.registry.view.stored?.map;
    if (groups.length === 0 || map === undefined) return;
    const owners = await this.#owners(map, groups);
    let dropped = 0;
    for (const pg of groups) {
      const ofGroup = placeGroup(map, pg).map((id) => owners.get(id));
      if (ofGroup.length > 0 && ofGroup.every((owner) => owner !== undefined)) {
        dropped += await this.#shedGroup(map, pg, ofGroup);
      }
      if (!this.#isCurrent(map)) break;
    }
    if (dropped > 0) this.#options.logger.info({ records: dropped }, 'let go of records that moved to other nodes');
  }

  /** The owners that are up and hold all that they should by this map. */
  async #owners(map: ClusterMap, groups: readonly number[]): Promise<ReadonlyMap<string, NodeClient>> {
    const ids = [...new Set(groups.flatMap((pg) => placeGroup(map, pg)))];
    const owners = new Map<string, NodeClient>();
    await Promise.allSettled(
      ids.map(async (id) => {
        const client = this.#options.peers.get(id)?.client;
        if (client === undefined) return;
        if ((await client.ping()).syncedEpoch >= map.epoch) owners.set(id, client);
      }),
    );
    return owners;
  }

  async #shedGroup(map: ClusterMap, pg: number, owners: readonly NodeClient[]): Promise<number> {
    const { engine, throttle } = this.#options;
    let dropped = 0;
    let isSetAside = false;
    for (let after: string | undefined; ;) {
      const page = await engine.entriesUnder(pg, [''], after, PAGE_RECORDS);
      // Before the records are read: what is noted meanwhile, as when an absence is settled, says nothing of these.
      const part = this.#ownPart(pg);
      const records = await this.#recordsOf(page.entries.map(([key]) => key));
      await throttle.take(records.length);
      const verdicts = await Promise.all(owners.map(async (owner) => this.#makeSure(pg, owner, records, part)));
      if (verdicts.includes('forget') && !isSetAside) {
        await this.#setAside(pg);
        isSetAside = true;
      }
      // Whoever works by a newer map is heard of before anything that it writes is carried out.
      dropped += await engine.dropRecords(records, () => this.#isCurrent(map));
      after = page.entries.at(-1)?.[0];
      if (!page.more || after === undefined || !this.#isCurrent(map)) return dropped;
    }
  }

  /** What an owner may have deleted and forgotten could as well be a write that reached this node alone. */
  async #setAside(pg: number): Promise<void> {
    const { engine, logger } = this.#options;
    const reason = `the owners dropped tombstones of placement group ${pg} after it left this node`;
    const file = await engine.setAside([pg], reason);
    logger.warn({ pg, file }, 'records that may have been deleted for good, or written here alone, were set aside');
  }

  async #recordsOf(keys: readonly string[]): Promise<readonly HeldRecord[]> {
    const found: HeldRecord[] = [];
    for (const key of keys) {
      const { value } = await this.#options.engine.readRecord(key);
      if (value !== undefined) found.push([key, value]);
    }
    return found;
  }

  /**
   * Resolves once the owner holds all that these records hold, but for what it may have forgotten: to `forget` when
   * there is such a record.
   * @throws NodeCallError, or Error when it lacks data
   */
  async #makeSure(
    pg: number,
    client: NodeClient,
    records: readonly HeldRecord[],
    part: OwnPart,
  ): Promise<'held' | 'forget'> {
    const contexts = await Promise.all(
      records.map(async ([key]) => {
        const { context, incomplete } = await client.read(key, 'context', REQUEST_ID);
        if (incomplete) throw new Error(`${client.nodeId} lacks part of placement group ${pg}`);
        return context;
      }),
    );
    // Asked after the keys: what was dropped in between would look as if it had never been there.
    const droppedAtMs = contexts.includes(undefined) ? await droppedAtBy(client, pg) : 0;
    const drops = { ...part, droppedAtMs };
    const verdicts = records.map(([, record], index) =>
      judgeShed({ mine: contextTextOf(record), theirs: contexts[index], drops }),
    );
    const offered = records.filter((_, index) => verdicts[index] === 'offer');
    await Promise.all(offered.map(async ([key, record]) => client.merge(key, record, REQUEST_ID)));
    return verdicts.includes('forget') ? 'forget' : 'held';
  }

  #ownPart(pg: number): OwnPart {
    const { engine, graceMs } = this.#options;
    return {
      tookPartAtMs: new Map(engine.tombstoneDrops).get(pg) ?? 0,
      presentAtMs: this.#ownerAtMs.get(pg) ?? engine.lastPresence?.atMs ?? 0,
      graceMs,
    };
  }

  /** Whether nobody knows of a newer map than the one by which groups are let go. */
  #isCurrent(map: ClusterMap): boolean {
    const { registry, newestEpoch } = this.#options;
    return !this.#stopped && newestEpoch() === map.epoch && registry.view.stored?.map.epoch === map.epoch;
  }
}

/** When a node last dropped tombstones of a group; 0 for never. */
async function droppedAtBy(client: NodeClient, pg: number): Promise<number> {
  const { drops } = await client.tombstoneDrops();
  return new Map(drops).get(pg) ?? 0;
}
