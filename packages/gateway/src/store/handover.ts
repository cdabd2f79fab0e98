/*
 * Who coordinated a key before the map changed. A gateway that has not heard of the new map yet may just have had
 * a change made there, which is not on the other replicas so far: for a while the new coordinator must not begin
 * without what the old one knows. Asking it also tells it of the new map, so that it takes no more such changes.
 */
import type { Clock } from '@trolley/cluster';
import { placementGroupOf, type ClusterMap } from '@trolley/crush';
import type { Peer, Peers } from './peers.ts';
import { ownersOf } from './targets.ts';

/** What a handover works with. */
export interface HandoverOptions {
  readonly clock: Clock;
  readonly peers: Peers;
  /** How long after a change of the map the old coordinators are asked: as long as a change may be under way. */
  readonly handoverMs: number;
}

/** Remembers the map before the one in use. */
export class Handover {
  readonly #options: HandoverOptions;
  #current: ClusterMap | undefined;
  #before: ClusterMap | undefined;
  #untilMs = -Infinity;

  constructor(options: HandoverOptions) {
    this.#options = options;
  }

  /** To be called with each map that comes into use. */
  follow(map: ClusterMap | undefined): void {
    if (map === undefined || map.epoch === this.#current?.epoch) return;
    this.#before = this.#current;
    this.#current = map;
    this.#untilMs = this.#options.clock.monotonicMs() + this.#options.handoverMs;
  }

  /** The key's coordinator by the map before, while that matters and it can be called. */
  coordinatorBefore(key: string): Peer | undefined {
    const { clock, peers } = this.#options;
    if (this.#before === undefined || clock.monotonicMs() > this.#untilMs) return undefined;
    const owners = ownersOf(this.#before, placementGroupOf(key, this.#before.pgCount)).flat();
    const [coordinator] = peers.inAskingOrder([...new Set(owners)]);
    return coordinator?.up === true && !coordinator.client.failing ? coordinator : undefined;
  }
}
