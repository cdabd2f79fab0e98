/*
 * Fetches what this node lacks from the nodes that hold it, in the background, until it has it all. Asks
 * a node only once that knows the newest map: from then on it turns away whoever writes by an older one,
 * so that no write slips past. Tries again for as long as it takes.
 */
import { NodeClient, type Clock, type NodeTransport, type Registry, type Timer } from '@trolley/cluster';
import { placementGroupOf, type ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import { metBy, sourcesOf, syncNeeds, type GroupNeed } from './sync-needs.ts';

const RETRY_MS = 500;
const PAGE_RECORDS = 500;
const CALL_TIMEOUT_MS = 10_000;
const REQUEST_ID = 'sync';

/** What a synchronizer works with. */
export interface SynchronizerOptions {
  readonly registry: Registry;
  readonly engine: Engine;
  readonly transport: NodeTransport;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps the node in step with the map until it is stopped. */
export class Synchronizer {
  readonly #options: SynchronizerOptions;
  readonly #incomplete: Set<number>;
  readonly #stopWatching: () => void;
  #syncedEpoch = 0;
  #announcedEpoch = 0;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: SynchronizerOptions) {
    this.#options = options;
    this.#incomplete = new Set(options.engine.recovery.incompleteGroups);
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
    if (map === undefined) return;
    const { engine, logger } = this.#options;
    const needs = syncNeeds(map, engine.nodeId, [...this.#incomplete]);
    this.#announce(map, needs.size);
    const told = new Set<string>();
    let learned = 0;
    for (const source of sourcesOf(needs)) {
      const records = await this.#fetchFrom(source, map, needs);
      if (records !== undefined) told.add(source);
      learned += records ?? 0;
    }
    const met = metBy(needs, told);
    await this.#markComplete(met, map);
    if (met.length < needs.size || this.#map()?.epoch !== map.epoch) return;
    this.#syncedEpoch = map.epoch;
    if (needs.size > 0) logger.info({ epoch: map.epoch, groups: needs.size, learned }, 'all records are here');
  }

  /** Says once for each map, not with each try, what is being fetched. */
  #announce({ epoch }: ClusterMap, groups: number): void {
    if (groups === 0 || this.#announcedEpoch === epoch) return;
    this.#announcedEpoch = epoch;
    this.#options.logger.info({ epoch, groups }, 'fetching records from other nodes');
  }

  async #markComplete(groups: readonly number[], map: ClusterMap): Promise<void> {
    const owned = groups.filter((pg) => this.#incomplete.has(pg));
    for (const pg of owned) {
      // Refiled since: the numbers no longer mean the same groups.
      if (pg >= map.pgCount) continue;
      await this.#options.engine.markComplete(pg);
      this.#incomplete.delete(pg);
    }
  }

  /** Merges what the node holds of the groups needed; how many records that changed, or undefined if it has not told all. */
  async #fetchFrom(
    nodeId: string,
    map: ClusterMap,
    needs: ReadonlyMap<number, GroupNeed>,
  ): Promise<number | undefined> {
    const client = this.#client(nodeId, map);
    if (client === undefined) return undefined;
    try {
      if ((await client.ping()).epoch < map.epoch) return undefined;
      return await this.#fetchPages(client, map, needs);
    } catch (error) {
      this.#options.logger.info({ node: nodeId, error: String(error) }, 'a node could not be asked for its records');
      return undefined;
    }
  }

  async #fetchPages(client: NodeClient, map: ClusterMap, needs: ReadonlyMap<number, GroupNeed>): Promise<number> {
    let after: string | undefined;
    let learned = 0;
    for (;;) {
      const { entries, more } = await client.scan('', after, PAGE_RECORDS, REQUEST_ID);
      const wanted = entries.filter(([key]) => needs.has(placementGroupOf(key, map.pgCount)));
      const changed = await Promise.all(wanted.map(async ([key, record]) => this.#options.engine.merge(key, record)));
      learned += changed.filter(Boolean).length;
      after = entries.at(-1)?.[0];
      if (!more || after === undefined) return learned;
      if (this.#stopped) throw new Error('stopped before all was told');
    }
  }

  #client(nodeId: string, { epoch }: ClusterMap): NodeClient | undefined {
    const { registry, transport, clock } = this.#options;
    const details = registry.view.nodes.find(({ id }) => id === nodeId);
    if (details === undefined) return undefined;
    return new NodeClient({
      nodeId,
      address: { host: details.host, port: details.port },
      transport,
      clock,
      timeoutMs: CALL_TIMEOUT_MS,
      epoch: () => epoch,
      metrics: { batchSent: () => {}, batchEnded: () => {} },
    });
  }

  #map(): ClusterMap | undefined {
    return this.#options.registry.view.stored?.map;
  }
}
