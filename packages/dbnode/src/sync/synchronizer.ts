/*
 * Fetches what this node lacks from the nodes that hold it, in the background, until it has it all. Asks
 * a node only once that works by the newest map alone: from then on it turns away whoever writes by an older
 * one, so that no write slips past. Tries again for as long as it takes; groups that were told stay told.
 */
import type { Clock, FetchProgress, Registry, Timer } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import type { NodeEvents } from '../repair/node-events.ts';
import type { RepairPeers } from '../repair/repair-peers.ts';
import type { Throttle } from '../repair/throttle.ts';
import { fetchGroups } from './fetch-groups.ts';
import { FetchTracker } from './fetch-progress.ts';
import { groupsToAsk, isMet, metBy, notOwned, syncNeeds, type GroupNeed, type TellingKind } from './sync-needs.ts';

const RETRY_MS = 500;

/** What a synchronizer works with. */
export interface SynchronizerOptions {
  readonly registry: Registry;
  readonly engine: Engine;
  /** The number of placement groups that the engine counts in. */
  readonly pgCount: number;
  readonly peers: RepairPeers;
  readonly events: NodeEvents;
  /** Whether what is here can be added to; not while it is being settled what of it may stay. */
  readonly mayFetch: () => boolean;
  /** Bounds how many records are fetched in a second. */
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One fetch: what a map makes this node lack, and what came of it. */
interface Fetch {
  readonly map: ClusterMap;
  readonly needs: ReadonlyMap<number, GroupNeed>;
  readonly tracker: FetchTracker;
  /** Who has told of which groups since it works by this map alone. */
  readonly told: Map<string, Map<number, TellingKind>>;
  /** Whom the map counts on no more and who could not be reached when last tried. */
  readonly lost: Set<string>;
}

/** Keeps the node in step with the map until it is stopped. */
export class Synchronizer {
  readonly #options: SynchronizerOptions;
  readonly #stopWatching: () => void;
  #syncedEpoch = 0;
  #fetch: Fetch | undefined;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: SynchronizerOptions) {
    this.#options = options;
    this.#stopWatching = options.registry.onChange(() => this.#run());
    this.#run();
  }

  /** The newest epoch by which the node holds all that it should; 0 before the first. */
  get syncedEpoch(): number {
    return this.#syncedEpoch;
  }

  /** How far the fetch is that is under way; undefined when nothing is lacking. */
  get progress(): FetchProgress | undefined {
    return this.#fetch === undefined || this.#fetch.needs.size === 0 ? undefined : this.#fetch.tracker.progress;
  }

  /** Something is lacking that was here by this map before. */
  startOver(): void {
    this.#syncedEpoch = 0;
    this.#fetch = undefined;
    this.#run();
  }

  /** Fetches no more; resolves when the fetch in progress has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    await this.#running;
  }

  #run(): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#timer?.cancel();
    this.#running = this.#synchronize()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'fetching records failed, trying again'))
      .finally(() => {
        this.#running = undefined;
        this.#again();
      });
  }

  #again(): void {
    const map = this.#map();
    if (this.#stopped || map === undefined || map.epoch === this.#syncedEpoch) return;
    // A map that came meanwhile is taken up at once; what could not be had, or not be followed, a little later.
    const isNews = this.#mapToFollow() !== undefined && this.#fetch?.map.epoch !== map.epoch;
    const delayMs = isNews ? 0 : RETRY_MS;
    this.#timer = this.#options.clock.after(delayMs, () => this.#run());
  }

  async #synchronize(): Promise<void> {
    const map = this.#mapToFollow();
    if (map === undefined) return;
    const fetch = this.#fetch?.map.epoch === map.epoch ? this.#fetch : this.#begin(map);
    this.#fetch = fetch;
    for (const nodeId of groupsToAsk(fetch.needs, fetch.told).keys()) {
      // Asked again each time: what others told meanwhile need not be fetched twice.
      await this.#fetchFrom(nodeId, groupsToAsk(fetch.needs, fetch.told).get(nodeId) ?? [], fetch);
      await this.#markComplete(fetch);
    }
    await this.#markComplete(fetch);
    if (metBy(fetch.needs, fetch.told, fetch.lost).length < fetch.needs.size || !this.#isCurrent(fetch)) return;
    this.#end(fetch);
  }

  /** The map that the node is not in step with and can follow now. */
  #mapToFollow(): ClusterMap | undefined {
    const map = this.#map();
    // A node loses nothing while it runs: once in step with a map, it stays so until the next one.
    if (map === undefined || map.epoch === this.#syncedEpoch) return undefined;
    // The node must be restarted to file by the map: until then its groups are not those of the map.
    return map.pgCount === this.#options.pgCount && this.#options.mayFetch() ? map : undefined;
  }

  /** Starts anew for a map that is new here: who told before may have taken writes since from who knew only the old. */
  #begin(map: ClusterMap): Fetch {
    const { engine, events, logger } = this.#options;
    const { epoch } = map;
    const needs = syncNeeds(map, engine.nodeId, engine.incompleteGroups);
    if (needs.size > 0) logger.info({ epoch, groups: needs.size }, 'fetching records from other nodes');
    const tracker = new FetchTracker(events, epoch, needs.keys());
    return { map, needs, tracker, told: new Map(), lost: new Set() };
  }

  #end({ map: { epoch }, needs, tracker }: Fetch): void {
    this.#syncedEpoch = epoch;
    this.#fetch = undefined;
    tracker.end();
    const { groups, recordsLearned } = tracker.progress;
    if (needs.size > 0) this.#options.logger.info({ epoch, groups, learned: recordsLearned }, 'all records are here');
  }

  async #fetchFrom(nodeId: string, groups: readonly number[], fetch: Fetch): Promise<void> {
    const { peers, engine, throttle, logger } = this.#options;
    if (groups.length === 0 || this.#stopped) return;
    const { map, tracker, lost } = fetch;
    if (!map.nodes.some(({ id, state }) => id === nodeId && state === 'in')) lost.add(nodeId);
    const peer = peers.get(nodeId);
    if (peer === undefined) return;
    try {
      const { epochInForce } = await peer.client.ping();
      lost.delete(nodeId);
      if (epochInForce < map.epoch) return;
      // What a newer map makes of it is begun anew.
      const isStopped = () => !this.#isCurrent(fetch);
      const onLearned = () => tracker.learned();
      // As an owner it must know what the owners before it knew: whoever was away longer may not offer what they dropped.
      const wanted = new Set(groups);
      const [{ drops }, { counters, votelessGroups }] = await Promise.all([
        peer.client.tombstoneDrops(),
        peer.client.highestPromises(),
      ]);
      if (isStopped()) return;
      // One of the majority that decided on a register may be a source that has forgotten it.
      const forgotten = new Set(votelessGroups);
      const onTold = (group: number, telling: TellingKind) => {
        const isForgotten = telling === 'all' && forgotten.has(group);
        noteTold(fetch, nodeId, group, isForgotten ? 'all-but-votes' : telling);
      };
      await engine.noteTombstoneDrops(drops.filter(([pg]) => wanted.has(pg)));
      // Whatever was proposed to the owners before, a majority of them promised first. What one of them alone accepted of it
      // may reach this node much later: nothing lower may have been decided here by then, which that would undo.
      await engine.raiseBallotFloors(counters.filter(([pg]) => wanted.has(pg)));
      await fetchGroups({ engine, throttle, onTold, onLearned, isStopped }, peer.client, groups);
    } catch (error) {
      logger.info({ node: nodeId, error: String(error) }, 'a node could not be asked for its records');
    }
  }

  async #markComplete(fetch: Fetch): Promise<void> {
    const { engine } = this.#options;
    const { map, needs, told, lost } = fetch;
    if (!this.#isCurrent(fetch)) return;
    const fetched = metBy(needs, told, lost).filter((pg) => engine.incompleteGroups.has(pg));
    const complete = [...fetched, ...notOwned(map, engine.nodeId, engine.incompleteGroups)];
    if (complete.length > 0) await engine.markComplete(complete);
  }

  /** Whether what is fetched still counts: by the newest map, and on top of what may stay. */
  #isCurrent(fetch: Fetch): boolean {
    const isWanted = !this.#stopped && this.#fetch === fetch && this.#options.mayFetch();
    return isWanted && this.#map()?.epoch === fetch.map.epoch;
  }

  #map(): ClusterMap | undefined {
    return this.#options.registry.view.stored?.map;
  }
}

function noteTold({ needs, told, lost, tracker }: Fetch, nodeId: string, group: number, telling: TellingKind): void {
  const ofNode = told.get(nodeId) ?? new Map<number, TellingKind>();
  told.set(nodeId, ofNode.set(group, telling));
  const need = needs.get(group);
  if (need !== undefined && isMet(need, told, lost)) tracker.done(group);
}
