/*
 * Keeps the cluster map in step with the nodes that register. There is no leader: each gateway does
 * this, a little apart from the others by chance, and whoever loses the compare-and-set looks again.
 */
import type { Clock, Random, Registry, RegistryView, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import { gainingNodes, type ClusterMap } from '@trolley/crush';
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
  #firstNodeSeenMs: number | undefined;
  #lastMap: ClusterMap | undefined;
  #timer: Timer | undefined;
  #busy = false;
  #stopped = false;

  constructor(options: MapKeeperOptions) {
    this.#options = options;
    this.#stopWatching = options.registry.onChange(() => void this.#keep());
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
    this.#lastMap = view.stored?.map ?? this.#lastMap;
    if (this.#busy || this.#stopped || !view.connected || view.nodes.length === 0) return;
    this.#firstNodeSeenMs ??= clock.monotonicMs();
    this.#busy = true;
    try {
      const state = {
        up: view.nodes,
        firstNodeSeenForMs: clock.monotonicMs() - this.#firstNodeSeenMs,
        lastMap: this.#lastMap,
        ...(await this.#epochsOf(view)),
      };
      const planned = planMap(view.stored?.map, state, policy);
      if (planned !== undefined) await this.#write(planned, view.stored?.revision);
    } finally {
      this.#busy = false;
    }
    const map = registry.view.stored?.map;
    const isSettled = registry.view === view && map !== undefined && map.previousNodes === undefined;
    if (!isSettled) this.#again();
  }

  /** Asks the nodes that fetch data how far they are; all nodes, while there is no map, which epoch they know. */
  async #epochsOf({ stored, nodes }: RegistryView): Promise<Pick<ClusterState, 'syncedEpochs' | 'newestEpochHeard'>> {
    const asked = stored === undefined ? nodes.map(({ id }) => id) : gainingNodes(stored.map);
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
