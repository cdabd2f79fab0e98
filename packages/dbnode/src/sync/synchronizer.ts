/*
 * Fetches what this node lacks from the nodes that hold it, in the background, until it has it all. Asks
 * a node only once that knows the newest map: from then on it turns away whoever writes by an older one,
 * so that no write slips past. Tries again for as long as it takes.
 */
import { NodeClient, type Clock, type NodeTransport, type Registry, type Timer } from '@trolley/cluster';
import { placementGroupOf, type ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import { metBy, sourcesToAsk, syncNeeds, type GroupNeed } from './sync-needs.ts';

const RETRY_MS = 500;
const PAGE_RECORDS = 500;
const CALL_TIMEOUT_MS = 10_000;
const REQUEST_ID = 'sync';

/** What a synchronizer works with. */
export interface SynchronizerOptions {
  readonly registry: Registry;
  readonly engine: Engine;
  /** The number of placement groups that the engine counts in. */
  readonly pgCount: number;
  readonly transport: NodeTransport;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What one node told. */
interface Fetched {
  /** Records that were news. */
  readonly learned: number;
  /** Groups of which that node may itself lack something. */
  readonly lacking: ReadonlySet<number>;
}

/** Keeps the node in step with the map until it is stopped. */
export class Synchronizer {
  readonly #options: SynchronizerOptions;
  readonly #stopWatching: () => void;
  #syncedEpoch = 0;
  #epoch = 0;
  /** Who has told all that it holds since it knows this epoch, and what each of them may lack itself. */
  #told = new Map<string, ReadonlySet<number>>();
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
    const isInStep = map === undefined || map.epoch === this.#syncedEpoch;
    if (!isInStep && !this.#stopped) this.#timer = this.#options.clock.after(RETRY_MS, () => this.#run());
  }

  async #synchronize(): Promise<void> {
    const map = this.#map();
    // A node loses nothing while it runs: once in step with a map, it stays so until the next one.
    if (map === undefined || map.epoch === this.#syncedEpoch) return;
    const { engine, pgCount, logger } = this.#options;
    // The node must be restarted to file by the map: until then its groups are not those of the map.
    if (map.pgCount !== pgCount) return;
    const needs = syncNeeds(map, engine.nodeId, engine.incompleteGroups);
    if (map.epoch !== this.#epoch) this.#begin(map, needs.size);
    let learned = 0;
    for (const source of sourcesToAsk(needs, this.#told)) learned += await this.#fetchFrom(source, map, needs);
    const met = metBy(needs, this.#told);
    await engine.markComplete(met.filter((pg) => engine.incompleteGroups.has(pg)));
    if (met.length < needs.size || this.#map()?.epoch !== map.epoch) return;
    this.#syncedEpoch = map.epoch;
    if (needs.size > 0) logger.info({ epoch: map.epoch, groups: needs.size, learned }, 'all records are here');
  }

  /** Starts anew for a map that is new here: who told before may have taken writes since from who knew only the old. */
  #begin({ epoch }: ClusterMap, groups: number): void {
    this.#epoch = epoch;
    this.#told = new Map();
    if (groups > 0) this.#options.logger.info({ epoch, groups }, 'fetching records from other nodes');
  }

  /** Merges what a node holds of the groups needed, and notes that it has told. @returns how many records that changed */
  async #fetchFrom(nodeId: string, map: ClusterMap, needs: ReadonlyMap<number, GroupNeed>): Promise<number> {
    const client = this.#client(nodeId);
    if (client === undefined) return 0;
    try {
      if ((await client.ping()).epoch < map.epoch) return 0;
      const { learned, lacking } = await this.#fetchPages(client, map, needs);
      this.#told.set(nodeId, lacking);
      return learned;
    } catch (error) {
      this.#options.logger.info({ node: nodeId, error: String(error) }, 'a node could not be asked for its records');
      return 0;
    }
  }

  async #fetchPages(client: NodeClient, map: ClusterMap, needs: ReadonlyMap<number, GroupNeed>): Promise<Fetched> {
    const lacking = new Set<number>();
    let after: string | undefined;
    let learned = 0;
    for (;;) {
      const { entries, more, incompleteGroups = [] } = await client.scan('', after, PAGE_RECORDS, REQUEST_ID);
      for (const pg of incompleteGroups) lacking.add(pg);
      const wanted = entries.filter(([key]) => needs.has(placementGroupOf(key, map.pgCount)));
      const changed = await Promise.all(wanted.map(async ([key, record]) => this.#options.engine.merge(key, record)));
      learned += changed.filter(Boolean).length;
      after = entries.at(-1)?.[0];
      if (!more || after === undefined) return { learned, lacking };
      if (this.#stopped || this.#map()?.epoch !== map.epoch) throw new Error('no longer needed by this map');
    }
  }

  #client(nodeId: string): NodeClient | undefined {
    const { registry, transport, clock } = this.#options;
    const details = registry.view.nodes.find(({ id }) => id === nodeId);
    if (details === undefined) return undefined;
    return new NodeClient({
      nodeId,
      address: { host: details.host, port: details.port },
      transport,
      clock,
      timeoutMs: CALL_TIMEOUT_MS,
      // Fixed to the map of the time, a call would wait in vain for one newer than that.
      epoch: () => this.#map()?.epoch ?? 0,
      metrics: { batchSent: () => {}, batchEnded: () => {} },
    });
  }

  #map(): ClusterMap | undefined {
    return this.#options.registry.view.stored?.map;
  }
}
