/*
 * Notes now and then, durably, that this node takes part in the cluster: it is registered, in the map, and lacks
 * nothing. While that is so no tombstone is dropped without it, as it is an owner; absence.ts judges by the last time.
 */
import type { Clock, Registry, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';

/** What is noted may be so much older than what was; short beside any grace time. */
const INTERVAL_MS = 60_000;

/** What noting works with. */
export interface PresenceOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Notes the node's presence until it is stopped. */
export class PresenceKeeper {
  readonly #options: PresenceOptions;
  readonly #stopWatching: () => void;
  #notedEpoch: number | undefined;
  #notedAtMs = -Infinity;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#stopWatching = options.registry.onChange(() => this.#run());
    this.#run();
  }

  /** Notes no more; resolves when nothing is being written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    await this.#running;
  }

  #run(): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#timer?.cancel();
    this.#running = this.#note()
      .catch((error: unknown) => this.#options.logger.warn({ error: String(error) }, 'presence could not be noted'))
      .finally(() => {
        this.#running = undefined;
        if (!this.#stopped) this.#timer = this.#options.clock.after(INTERVAL_MS, () => this.#run());
      });
  }

  async #note(): Promise<void> {
    const { engine, clock } = this.#options;
    const epoch = this.#presentEpoch();
    if (epoch === undefined) return;
    const isFresh = epoch === this.#notedEpoch && clock.monotonicMs() - this.#notedAtMs < INTERVAL_MS;
    if (isFresh) return;
    await engine.notePresence({ atMs: clock.nowMs(), epoch });
    this.#notedEpoch = epoch;
    this.#notedAtMs = clock.monotonicMs();
  }

  /** The epoch of the map by which the node takes part; undefined when it does not, or nobody can tell. */
  #presentEpoch(): number | undefined {
    const { engine, registry } = this.#options;
    const { connected, nodes, stored } = registry.view;
    const isUp = connected && nodes.some(({ id }) => id === engine.nodeId);
    const isIn = stored?.map.nodes.some(({ id, state }) => id === engine.nodeId && state === 'in') === true;
    return isUp && isIn && engine.incompleteGroups.size === 0 ? stored.map.epoch : undefined;
  }
}
