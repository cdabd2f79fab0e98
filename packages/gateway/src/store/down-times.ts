/*
 * For how long each node has been down, and for how long enough others have been up, as this gateway saw it: measured on its own monotonic clock from the
 * moment it saw the node go. A gateway that starts begins to measure then, so a node may stay in longer
 * than it would have with one that kept running, and never shorter. While the registry is away nobody
 * knows who is up: what was measured before that counts no more.
 */
import type { Clock, RegistryView } from '@trolley/cluster';
import { whyTooFewAreUp, type OutPolicy } from './out-policy.ts';

/** Follows the registry. */
export class DownTimes {
  readonly #clock: Clock;
  readonly #policy: OutPolicy;
  readonly #sinceMs = new Map<string, number>();
  #enoughSinceMs: number | undefined;

  constructor(clock: Clock, policy: OutPolicy) {
    this.#clock = clock;
    this.#policy = policy;
  }

  /** Takes over who is up now. */
  follow({ connected, nodes, stored }: RegistryView): void {
    if (!connected) {
      this.#sinceMs.clear();
      this.#enoughSinceMs = undefined;
      return;
    }
    const up = new Set(nodes.map(({ id }) => id));
    const down = new Set(stored?.map.nodes.map(({ id }) => id).filter((id) => !up.has(id)));
    for (const id of this.#sinceMs.keys()) {
      if (!down.has(id)) this.#sinceMs.delete(id);
    }
    for (const id of down) {
      if (!this.#sinceMs.has(id)) this.#sinceMs.set(id, this.#clock.monotonicMs());
    }
    const isEnough = stored !== undefined && whyTooFewAreUp({ ...stored.map, up }, this.#policy) === undefined;
    if (isEnough) this.#enoughSinceMs ??= this.#clock.monotonicMs();
    else this.#enoughSinceMs = undefined;
  }

  /** For how long each node of the map that is down has been so, in milliseconds. */
  get downForMs(): ReadonlyMap<string, number> {
    const nowMs = this.#clock.monotonicMs();
    return new Map([...this.#sinceMs].map(([id, sinceMs]) => [id, nowMs - sinceMs]));
  }

  /** For how long, without a break, enough nodes have been up for others to go out, in milliseconds. */
  get enoughForMs(): number {
    return this.#enoughSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#enoughSinceMs;
  }
}
