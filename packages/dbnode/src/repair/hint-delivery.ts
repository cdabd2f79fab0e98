/*
 * Pushes the records that other nodes missed to those that are up, the longest missed first, and forgets a hint once
 * the node has the record on disk, or no longer owns it. A node that missed too much to tell keys is compared with,
 * group by group. Whatever fails is tried again.
 */
import type { Clock, Registry, Timer } from '@trolley/cluster';
import { placementGroupOf, type ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { AntiEntropy } from './anti-entropy.ts';
import { hasSeenAll, type Difference } from './differences.ts';
import { exchange, type ExchangeOptions } from './exchange.ts';
import type { RepairPeer, RepairPeers } from './repair-peers.ts';
import { ownsGroup } from './shared-groups.ts';

/** Keys that are compared and pushed together. */
const KEYS_AT_ONCE = 200;
/** How soon hints are looked at again: those that came meanwhile, and those that could not be delivered. */
const INTERVAL_MS = 250;

/** What the delivery works with. */
export interface HintDeliveryOptions extends ExchangeOptions {
  readonly registry: Registry;
  readonly peers: RepairPeers;
  readonly antiEntropy: Pick<AntiEntropy, 'compareWith'>;
  /** The map in use; undefined until there is one. */
  readonly map: () => ClusterMap | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Delivers hints until it is stopped. */
export class HintDelivery {
  readonly #options: HintDeliveryOptions;
  readonly #stopWatching: () => void;
  /** The deliveries under way, by node. Side by side: one that hangs must not keep the others waiting. */
  readonly #running = new Map<string, Promise<void>>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: HintDeliveryOptions) {
    this.#options = options;
    this.#stopWatching = options.registry.onChange(() => this.#wake());
    this.#wake();
  }

  /** Delivers no more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    await Promise.all(this.#running.values());
  }

  #wake(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(INTERVAL_MS, () => this.#wake());
    const map = this.#options.map();
    if (map !== undefined && this.#options.mayOffer()) this.#deliverAll(map);
  }

  #deliverAll(map: ClusterMap): void {
    const { engine, peers } = this.#options;
    for (const node of engine.hints.nodes) {
      if (!isOwner(map, node)) engine.hints.forget(node);
      const peer = peers.get(node);
      if (peer === undefined || this.#running.has(node)) continue;
      this.#running.set(
        node,
        this.#deliverTo(peer, map).finally(() => this.#running.delete(node)),
      );
    }
  }

  async #deliverTo(peer: RepairPeer, map: ClusterMap): Promise<void> {
    const { hints } = this.#options.engine;
    try {
      for (;;) {
        const owed = hints.oldest(peer.id, KEYS_AT_ONCE);
        if (owed.length === 0 || this.#stopped) break;
        await this.#push(
          peer,
          map,
          owed.map(({ key }) => key),
        );
        hints.settle(peer.id, owed);
        this.#options.figures.hintsSettled += owed.length;
      }
      for (const pg of hints.groups(peer.id)) {
        if (this.#stopped) break;
        if (this.#bothOwn(map, peer, pg)) await this.#options.antiEntropy.compareWith(peer, [pg]);
        hints.settleGroup(peer.id, pg);
      }
    } catch (error) {
      const waiting = hints.count(peer.id);
      this.#options.logger.info({ node: peer.id, waiting, error: String(error) }, 'hints could not be delivered yet');
    }
  }

  /** Asks what the node has of these keys, then sends what it lacks. */
  async #push(peer: RepairPeer, map: ClusterMap, keys: readonly string[]): Promise<void> {
    const { engine } = this.#options;
    const owed = keys.filter((key) => this.#bothOwn(map, peer, placementGroupOf(key, map.pgCount)));
    const found = await Promise.all(
      owed.map(async (key): Promise<Difference | undefined> => {
        const [{ value: mine }, { context: theirs }] = await Promise.all([
          engine.readContext(key),
          peer.client.read(key, 'context', undefined),
        ]);
        return mine === undefined || hasSeenAll(theirs, mine) ? undefined : { key, theirs, fetch: false, offer: true };
      }),
    );
    await exchange(
      this.#options,
      peer.client,
      found.filter((difference) => difference !== undefined),
      'hint',
    );
  }

  /**
   * What is no longer this node's own may since have been deleted and forgotten by those who own it; the shedder, which
   * asks about that, gives it to them.
   */
  #bothOwn(map: ClusterMap, peer: RepairPeer, pg: number): boolean {
    return ownsGroup(map, peer.id, pg) && ownsGroup(map, this.#options.engine.nodeId, pg);
  }
}

/** Whether a node may own anything: it is in the map, or was before data began to move. */
function isOwner(map: ClusterMap, node: string): boolean {
  return [...map.nodes, ...(map.previousNodes ?? [])].some(({ id, state }) => id === node && state === 'in');
}
