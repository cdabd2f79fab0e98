/*
 * Notes now and then, durably, that this node takes part in the cluster: it is registered, in the map, lacks nothing,
 * holds nothing but what it owns, and has settled what it may have missed. While that is so no tombstone is dropped
 * without it of anything that it holds; absence.ts judges by the last time.
 */
import type { Clock, Registry, Timer } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import { ownsGroup } from './shared-groups.ts';

/** What is noted may be so much older than what was, or a part of the grace time where that is short. */
const INTERVAL_MAX_MS = 60_000;
/** Presence begins so soon after what was lacking is here. */
const POLL_MS = 1_000;
const GRACE_SHARE = 0.25;

/** What noting works with. */
export interface PresenceOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  /** The map in use; undefined until there is one by which the node counts its placement groups. */
  readonly map: () => ClusterMap | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly graceMs: number;
  /** The newest epoch by which the node holds all that it should. */
  readonly synced: () => number;
  /** The newest epoch that the node has heard of, from whomever. */
  readonly newestEpoch: () => number;
  /** Whether the node may hold, as an owner by the map of that epoch, what others have deleted and forgotten. */
  readonly isInDoubt: (epoch: number) => boolean;
  /** Called when a presence is on disk. */
  readonly onNoted: (atMs: number) => void;
}

/** Notes the node's presence until it is stopped. */
export class PresenceKeeper {
  readonly #options: PresenceOptions;
  readonly #stopWatching: () => void;
  #notedEpoch: number | undefined;
  #notedAtMs = -Infinity;
  #isPresent = false;
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
        const delayMs = this.#isPresent ? this.#intervalMs : POLL_MS;
        if (!this.#stopped) this.#timer = this.#options.clock.after(delayMs, () => this.#run());
      });
  }

  get #intervalMs(): number {
    return Math.min(INTERVAL_MAX_MS, Math.max(POLL_MS, this.#options.graceMs * GRACE_SHARE));
  }

  async #note(): Promise<void> {
    const { engine, clock, onNoted } = this.#options;
    const map = this.#presentMap();
    this.#isPresent = map !== undefined;
    if (map === undefined) return;
    const { epoch } = map;
    const startMs = clock.monotonicMs();
    if (epoch === this.#notedEpoch && startMs - this.#notedAtMs < this.#intervalMs) return;
    if (this.#holdsWhatOthersOwn(map)) return;
    const atMs = clock.nowMs();
    await engine.notePresence({ atMs, epoch });
    this.#notedEpoch = epoch;
    this.#notedAtMs = startMs;
    onNoted(atMs);
  }

  /** The map by which the node takes part; undefined when it does not, or nobody can tell. */
  #presentMap(): ClusterMap | undefined {
    const { engine, registry, map: usableMap, synced, newestEpoch, isInDoubt } = this.#options;
    const { connected, nodes } = registry.view;
    const map = usableMap();
    const isUp = connected && nodes.some(({ id }) => id === engine.nodeId);
    const isIn = map?.nodes.some(({ id, state }) => id === engine.nodeId && state === 'in') === true;
    const isWhole = map !== undefined && synced() >= map.epoch && engine.incompleteGroups.size === 0;
    // After an absence the map may be the one of before it, while the next is being written to disk, or because this process
    // stood still. Were that noted, nobody would ask what was missed.
    const isOld = map === undefined || map.epoch < newestEpoch() || isInDoubt(map.epoch);
    return isUp && isIn && isWhole && !isOld ? map : undefined;
  }

  /** Of what it no longer owns the others may drop tombstones without it. */
  #holdsWhatOthersOwn(map: ClusterMap): boolean {
    const { engine } = this.#options;
    for (let pg = 0; pg < map.pgCount; pg += 1) {
      if (engine.digest(pg).count > 0 && !ownsGroup(map, engine.nodeId, pg)) return true;
    }
    return false;
  }
}
