/*
 * Keeps the cluster map in step with the nodes that register. There is no leader: each gateway does
 * this, a little apart from the others by chance, and whoever loses the compare-and-set looks again.
 */
import type { Clock, Random, Registry, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import { planMap, type MapPolicy } from './plan-map.ts';

const RETRY_MS = 500;

/** What the keeper works with. */
export interface MapKeeperOptions {
  readonly registry: Registry;
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
    const { registry, clock } = this.#options;
    const { view } = registry;
    if (this.#busy || this.#stopped || !view.connected || view.nodes.length === 0) return;
    this.#firstNodeSeenMs ??= clock.monotonicMs();
    const planned = planMap(
      view.stored?.map,
      view.nodes,
      clock.monotonicMs() - this.#firstNodeSeenMs,
      this.#options.policy,
    );
    if (planned !== undefined) await this.#write(planned);
    else if (view.stored === undefined) this.#again();
  }

  async #write({ map, reason }: NonNullable<ReturnType<typeof planMap>>): Promise<void> {
    const { registry, logger } = this.#options;
    this.#busy = true;
    try {
      const outcome = await registry.writeMap(map, registry.view.stored?.revision);
      logger.info({ epoch: map.epoch, reason, outcome }, 'cluster map');
    } catch (error) {
      logger.warn({ epoch: map.epoch, error: String(error) }, 'the cluster map could not be written');
    } finally {
      this.#busy = false;
      this.#again();
    }
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(RETRY_MS * (0.5 + this.#options.random()), () => void this.#keep());
  }
}
