/*
 * Has tombstones dropped that nobody needs any more. For each placement group its first owner decides: when all owners
 * were found to hold the same, have done so for the grace time, and no data moves, it has the others drop the
 * tombstones that are still exactly those, and drops them itself last. If that breaks off halfway, anti-entropy brings
 * back what some have dropped, and it is done again.
 *
 * What had not seen the deletion, and was not an owner any more when the others agreed, must not come back with it:
 * see absence.ts.
 */
import { REPAIR_BATCH_MAX, type Clock, type Registry } from '@trolley/cluster';
import { placeGroup, placementGroupOf, type ClusterMap } from '@trolley/crush';
import type { RecordText } from '@trolley/records';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import type { AntiEntropy } from './anti-entropy.ts';
import type { RepairFigures } from './repair-figures.ts';
import type { RepairPeer, RepairPeers } from './repair-peers.ts';
import { TombstoneWatch } from './tombstone-watch.ts';

/** How often it is noted how long tombstones have waited: a restart loses so much, or less where the grace is short. */
const NOTE_INTERVAL_MAX_MS = 600_000;
const NOTE_INTERVAL_MIN_MS = 1_000;
const NOTE_GRACE_SHARE = 0.05;

/** What the collector works with. */
export interface TombstoneCollectorOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly peers: RepairPeers;
  /** The map in use; undefined until there is one. */
  readonly map: () => ClusterMap | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly figures: RepairFigures;
  readonly graceMs: number;
}

/** Collects the tombstones of the groups that this node owns first. */
export class TombstoneCollector {
  readonly #options: TombstoneCollectorOptions;
  readonly #watch: TombstoneWatch;
  #notedAtMs: number;
  #notedCount: number;

  constructor(options: TombstoneCollectorOptions) {
    this.#options = options;
    const noted = options.engine.takeTombstoneWaits();
    this.#watch = new TombstoneWatch(options.graceMs, noted);
    this.#notedAtMs = options.clock.monotonicMs();
    this.#notedCount = noted.length;
  }

  /** Drops what can go now. @throws NodeCallError or what the engine throws; what was dropped until then stays so. */
  async collect(agrees: AntiEntropy['agrees']): Promise<void> {
    const { engine, registry } = this.#options;
    const map = this.#options.map();
    if (map === undefined || map.previousNodes !== undefined || !registry.view.connected) return;
    this.#watch.keep((key) => engine.tombstones(placementGroupOf(key, map.pgCount)).has(key));
    if (this.#options.clock.monotonicMs() - this.#notedAtMs >= this.#noteIntervalMs) await this.#noteWaits();
    for (let pg = 0; pg < map.pgCount; pg += 1) {
      if (engine.tombstones(pg).size === 0 || engine.incompleteGroups.has(pg)) continue;
      const others = this.#otherOwners(map, pg);
      if (others?.every(({ id }) => agrees(id, pg)) === true) await this.#collectGroup(pg, others);
    }
  }

  /** Notes how long tombstones have waited, for the next start; to be called when nothing is collected any more. */
  async stop(): Promise<void> {
    await this.#noteWaits().catch((error: unknown) => {
      this.#options.logger.warn({ error: String(error) }, 'how long tombstones have waited could not be noted');
    });
  }

  get #noteIntervalMs(): number {
    const { graceMs } = this.#options;
    return Math.min(NOTE_INTERVAL_MAX_MS, Math.max(NOTE_INTERVAL_MIN_MS, graceMs * NOTE_GRACE_SHARE));
  }

  async #noteWaits(): Promise<void> {
    const { engine, clock } = this.#options;
    const { size } = this.#watch;
    this.#notedAtMs = clock.monotonicMs();
    if (size === 0 && this.#notedCount === 0) return;
    await engine.noteTombstoneWaits(this.#watch.waits(this.#notedAtMs));
    this.#notedCount = size;
  }

  /** The other owners; undefined when this is not the first owner or one of them is away. */
  #otherOwners(map: ClusterMap, pg: number): readonly RepairPeer[] | undefined {
    const [first, ...rest] = placeGroup(map, pg);
    if (first !== this.#options.engine.nodeId) return undefined;
    const peers = rest.map((id) => this.#options.peers.get(id)).filter((peer) => peer !== undefined);
    return peers.length === rest.length ? peers : undefined;
  }

  async #collectGroup(pg: number, others: readonly RepairPeer[]): Promise<void> {
    const { engine, clock, figures } = this.#options;
    const moment = { monotonicMs: clock.monotonicMs(), nowMs: clock.nowMs() };
    const ripe: (readonly [key: string, text: RecordText])[] = [];
    for (const key of engine.tombstones(pg)) {
      const { value } = await engine.readRecord(key);
      if (value !== undefined && this.#watch.agreed(key, value, moment)) ripe.push([key, value]);
      if (ripe.length === REPAIR_BATCH_MAX) break;
    }
    if (ripe.length === 0) return;
    // Before anybody drops: should this node crash and be away for long, it must know that it took part.
    await engine.noteTombstoneDrops([[pg, moment.nowMs]]);
    const dropped = await Promise.all(others.map(async ({ client }) => client.drop(pg, ripe, moment.nowMs)));
    if (dropped.includes(undefined)) return;
    figures.tombstonesDropped += await engine.dropRecords(ripe);
  }
}
