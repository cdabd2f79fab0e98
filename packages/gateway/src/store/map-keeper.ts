/*
 * Keeps the cluster map in step with the nodes that register. There is no leader: each gateway does
 * this, a little apart from the others by chance, and whoever loses the compare-and-set looks again.
 */
import type { Clock, Random, Registry, RegistryView, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import { gainingNodes, type ClusterMap } from '@trolley/crush';
import type { EventFeed } from '../events.ts';
import { DownTimes } from './down-times.ts';
import { findNewestMap, type FoundMap, type NodeKnowledge } from './map-search.ts';
import { judgeDownNodes } from './out-policy.ts';
import type { Peers } from './peers.ts';
import { planMap, type MapPolicy, type PlannedMap } from './plan-map.ts';

const RETRY_MS = 500;

/** What the keeper works with. */
export interface MapKeeperOptions {
  readonly registry: Registry;
  readonly peers: Peers;
  readonly policy: MapPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly events: Pick<EventFeed, 'publish'>;
}

/** Watches the registry and writes maps until it is stopped. */
export class MapKeeper {
  readonly #options: MapKeeperOptions;
  readonly #stopWatching: () => void;
  readonly #downTimes: DownTimes;
  #firstNodeSeenMs: number | undefined;
  #syncedEpochs: ReadonlyMap<string, number> = new Map();
  /** The newest map that was seen in the registry. */
  #lastMap: ClusterMap | undefined;
  /** Since when it has been in doubt whether there was a newer one. */
  #behindSinceMs: number | undefined;
  /**
   * Whether nodes may know a newer map than the registry, and nobody has looked into it: this gateway begins, the registry
   * was away, or a node turned this gateway away for an older map than it knows.
   */
  #mustSearch = true;
  #wasConnected: boolean;
  #timer: Timer | undefined;
  #busy = false;
  #stopped = false;

  constructor(options: MapKeeperOptions) {
    this.#options = options;
    this.#downTimes = new DownTimes(options.clock, options.policy);
    this.#downTimes.follow(options.registry.view);
    this.#wasConnected = options.registry.view.connected;
    this.#stopWatching = options.registry.onChange((view) => {
      this.#downTimes.follow(view);
      if (view.connected && !this.#wasConnected) this.#mustSearch = true;
      this.#wasConnected = view.connected;
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
    this.#mustSearch = true;
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
      const found = await this.#ask(view);
      this.#noteFound(found);
      const { newest: lastMap, newestEpochHeard, doubt } = found;
      const state = {
        up: view.nodes,
        firstNodeSeenForMs: clock.monotonicMs() - this.#firstNodeSeenMs,
        downForMs: this.#downTimes.downForMs,
        enoughForMs: this.#downTimes.enoughForMs,
        lastMap,
        syncedEpochs: this.#syncedEpochs,
        newestEpochHeard,
        doubt,
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
    if (stored === undefined || stored.map.previousNodes !== undefined || this.#mustSearch) return false;
    const up = new Set(nodes.map(({ id }) => id));
    return stored.map.nodes.every(({ id, state }) => state === 'out' || up.has(id));
  }

  /** What was found, against what the registry has. */
  #noteFound({ newest, newestEpochHeard, doubt }: FoundMap): void {
    const nowMs = this.#options.clock.monotonicMs();
    const isBehind = doubt !== undefined || newestEpochHeard > (newest?.epoch ?? 0);
    this.#behindSinceMs = isBehind ? (this.#behindSinceMs ?? nowMs) : undefined;
    const { stored } = this.#options.registry.view;
    if (stored === undefined || newestEpochHeard > stored.map.epoch) return;
    const { settleMs } = this.#options.policy;
    if (this.#behindSinceMs === undefined || nowMs - this.#behindSinceMs >= settleMs) this.#mustSearch = false;
  }

  /** Asks the nodes that fetch data how far they are; all nodes, while the map may be lost, which one they know. */
  async #ask({ stored, nodes }: RegistryView): Promise<FoundMap> {
    const seen = this.#lastMap;
    const current = stored?.map;
    const isInDoubt = current === undefined || this.#mustSearch || current.epoch < (seen?.epoch ?? 0);
    const syncedEpochs = new Map<string, number>();
    const told: NodeKnowledge[] = [];
    await Promise.allSettled(
      (isInDoubt ? nodes.map(({ id }) => id) : gainingNodes(current)).map(async (node) => {
        const peer = this.#options.peers.get(node);
        if (peer?.up !== true) return;
        const { client } = peer;
        const { epoch, syncedEpoch, map } = isInDoubt
          ? await client.knownMap(Math.max(current?.epoch ?? 0, seen?.epoch ?? 0))
          : { ...(await client.ping()), map: undefined };
        syncedEpochs.set(node, syncedEpoch);
        told.push({ node, epoch, map });
      }),
    );
    this.#syncedEpochs = syncedEpochs;
    const found = findNewestMap({ current, seen, told });
    // Who was not asked for maps is no reason to doubt.
    return isInDoubt ? found : { ...found, doubt: undefined };
  }

  async #write({ map, reason, putBack }: PlannedMap, expectedRevision: number | undefined): Promise<void> {
    const { registry, logger, events } = this.#options;
    const { epoch } = map;
    try {
      const outcome = await registry.writeMap(map, expectedRevision);
      logger[putBack?.isCertain === false ? 'warn' : 'info']({ epoch, reason, outcome }, 'cluster map');
      if (putBack === undefined || outcome !== 'written') return;
      events.publish({ type: 'map-put-back', epoch, certain: putBack.isCertain, reason });
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
