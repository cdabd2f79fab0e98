/*
 * Keeps the cluster map in step with the nodes that register. There is no leader: each gateway does
 * this, a little apart from the others by chance, and whoever loses the compare-and-set looks again.
 */
import type { Clock, Random, Registry, RegistryView, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import { gainingNodes, type ClusterMap } from '@trolley/crush';
import { DownTimes } from './down-times.ts';
import { judgeDownNodes } from './out-policy.ts';
import type { Peers } from './peers.ts';
import { planMap, type ClusterState, type MapPolicy, type PlannedMap } from './plan-map.ts';

const RETRY_MS = 500;

/** What the keeper works with. */
export interface MapKeeperOptions {
  readonly registry: Registry;
  readonly peers: Peers;
  readonly policy: MapPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Watches the registry and writes maps until it is stopped. */
export class MapKeeper {
  readonly #options: MapKeeperOptions;
  readonly #stopWatching: () => void;
  readonly #downTimes: DownTimes;
  #firstNodeSeenMs: number | undefined;
  #syncedEpochs: ReadonlyMap<string, number> = new Map();
  /** The newest map that was seen. */
  #lastMap: ClusterMap | undefined;
  /** Since when nodes have been known to have heard of a newer one. */
  #behindSinceMs: number | undefined;
  /** Whether a node turned this gateway away for an older map than it knows, and nobody has looked into it. */
  #wasTurnedAway = false;
  #timer: Timer | undefined;
  #busy = false;
  #stopped = false;

  constructor(options: MapKeeperOptions) {
    this.#options = options;
    this.#downTimes = new DownTimes(options.clock, options.policy);
    this.#downTimes.follow(options.registry.view);
    this.#stopWatching = options.registry.onChange((view) => {
      this.#downTimes.follow(view);
      void this.#keep();
    });
    void this.#keep();
  }

  /** The nodes that are down for so long that they would go out, and why they stay in. */
  get keptIn(): ReadonlyMap<string, string> {
    const { nodes, stored } = this.#options.registry.view;
    if (stored === undefined) return new Map();
    const up = new Set(nodes.map(({ id }) => id));
    const { downForMs, enoughForMs } = this.#downTimes;
    const known = { ...stored.map, up, downForMs, enoughForMs };
    return judgeDownNodes(known, this.#options.policy).keptIn;
  }

  /** For each node that gains data, the newest epoch by which it held all that it should when it was last asked. */
  get syncedEpochs(): ReadonlyMap<string, number> {
    return this.#syncedEpochs;
  }

  /**
   * A node turned this gateway away for its map, and the newer one has not come: the registry may have been set back,
   * and then nobody else would notice.
   */
  turnedAway(): void {
    this.#wasTurnedAway = true;
    void this.#keep();
  }

  /** Writes no more maps. */
  stop(): void {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
  }

  async #keep(): Promise<void> {
    const { registry, clock, policy } = this.#options;
    const { view } = registry;
    if ((view.stored?.map.epoch ?? 0) >= (this.#lastMap?.epoch ?? 0)) this.#lastMap = view.stored?.map;
    if (this.#busy || this.#stopped || !view.connected || view.nodes.length === 0) return;
    this.#firstNodeSeenMs ??= clock.monotonicMs();
    this.#busy = true;
    try {
      const { syncedEpochs, newestEpochHeard } = await this.#epochsOf(view);
      this.#syncedEpochs = syncedEpochs;
      this.#noteHeard(newestEpochHeard);
      const state = {
        up: view.nodes,
        firstNodeSeenForMs: clock.monotonicMs() - this.#firstNodeSeenMs,
        downForMs: this.#downTimes.downForMs,
        enoughForMs: this.#downTimes.enoughForMs,
        lastMap: this.#lastMap,
        syncedEpochs,
        newestEpochHeard,
        behindForMs: this.#behindSinceMs === undefined ? 0 : clock.monotonicMs() - this.#behindSinceMs,
      };
      const planned = planMap(view.stored?.map, state, policy);
      if (planned !== undefined) await this.#write(planned, view.stored?.revision);
    } finally {
      this.#busy = false;
    }
    if (registry.view !== view || !this.#isSettled()) this.#again();
  }

  /** Whether the map stays as it is until the registry tells of something: nothing moves, and nobody's time runs. */
  #isSettled(): boolean {
    const { nodes, stored } = this.#options.registry.view;
    if (stored === undefined || stored.map.previousNodes !== undefined || this.#wasTurnedAway) return false;
    const up = new Set(nodes.map(({ id }) => id));
    return stored.map.nodes.every(({ id, state }) => state === 'out' || up.has(id));
  }

  /** What the nodes that were asked have heard, against what was seen here. */
  #noteHeard(newestEpochHeard: number): void {
    const isBehind = newestEpochHeard > (this.#lastMap?.epoch ?? 0);
    if (isBehind) this.#behindSinceMs ??= this.#options.clock.monotonicMs();
    else this.#behindSinceMs = undefined;
    if (newestEpochHeard <= (this.#options.registry.view.stored?.map.epoch ?? 0)) this.#wasTurnedAway = false;
  }

  /** Asks the nodes that fetch data how far they are; all nodes, while the map may be lost, which epoch they know. */
  async #epochsOf({ stored, nodes }: RegistryView): Promise<Pick<ClusterState, 'syncedEpochs' | 'newestEpochHeard'>> {
    const isInDoubt = stored === undefined || this.#wasTurnedAway;
    const asked = isInDoubt ? nodes.map(({ id }) => id) : gainingNodes(stored.map);
    const syncedEpochs = new Map<string, number>();
    let newestEpochHeard = 0;
    await Promise.allSettled(
      asked.map(async (node) => {
        const peer = this.#options.peers.get(node);
        if (peer?.up !== true) return;
        const { epoch, syncedEpoch } = await peer.client.ping();
        syncedEpochs.set(node, syncedEpoch);
        newestEpochHeard = Math.max(newestEpochHeard, epoch);
      }),
    );
    return { syncedEpochs, newestEpochHeard };
  }

  async #write({ map, reason }: PlannedMap, expectedRevision: number | undefined): Promise<void> {
    const { registry, logger } = this.#options;
    try {
      const outcome = await registry.writeMap(map, expectedRevision);
      logger.info({ epoch: map.epoch, reason, outcome }, 'cluster map');
    } catch (error) {
      logger.warn({ epoch: map.epoch, error: String(error) }, 'the cluster map could not be written');
    }
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(RETRY_MS * (0.5 + this.#options.random()), () => void this.#keep());
  }
}
