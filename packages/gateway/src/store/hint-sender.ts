/*
 * Tells a replica that has a write which other replicas missed it, so that it pushes the write to them when they are
 * up. Gathers for a moment and sends what has come together; nobody waits for it. What is lost on the way, or was too
 * much, is found by comparing digests later.
 */
import { REPAIR_BATCH_MAX, type Clock } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { Peers } from './peers.ts';

const DELAY_MS = 50;
/** Keys that wait to be told or are on their way; more are left to anti-entropy. */
const WAITING_MAX = 20_000;

/** What the sender works with. */
export interface HintSenderOptions {
  readonly peers: Peers;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Hints on their way to those who keep them. */
export class HintSender {
  readonly #options: HintSenderOptions;
  /** By holder, then by the node that missed: the keys. */
  #waiting = new Map<string, Map<string, Set<string>>>();
  #count = 0;
  #isPlanned = false;

  constructor(options: HintSenderOptions) {
    this.#options = options;
  }

  /** A node missed a write that one of the holders should push to it later. */
  missed(node: string, key: string, holders: Iterable<string>): void {
    const holder = [...holders].find((id) => id !== node && this.#options.peers.get(id)?.up === true);
    if (holder === undefined || this.#count >= WAITING_MAX) return;
    const byNode = entryOf(this.#waiting, holder, () => new Map<string, Set<string>>());
    const keys = entryOf(byNode, node, () => new Set<string>());
    if (keys.has(key)) return;
    keys.add(key);
    this.#count += 1;
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#options.clock.after(DELAY_MS, () => {
      this.#isPlanned = false;
      this.#sendAll();
    });
  }

  #sendAll(): void {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [holder, byNode] of waiting) {
      for (const [node, keys] of byNode) {
        const all = [...keys];
        for (let from = 0; from < all.length; from += REPAIR_BATCH_MAX) {
          void this.#send(holder, node, all.slice(from, from + REPAIR_BATCH_MAX));
        }
      }
    }
  }

  async #send(holder: string, node: string, keys: readonly string[]): Promise<void> {
    const { peers, logger } = this.#options;
    try {
      await peers.get(holder)?.client.hint(node, keys);
    } catch (error) {
      logger.warn({ holder, node, keys: keys.length, error: String(error) }, 'hints were lost; digests will tell');
    } finally {
      this.#count -= keys.length;
    }
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
