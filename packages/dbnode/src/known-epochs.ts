/*
 * Which epochs a node knows and tells its callers. It also believes a caller who works with a newer map
 * than the registry has told of: from then on whoever works with an older one is turned away.
 */
import type { Batch } from '@trolley/cluster';

/** The epochs that stand in every reply to a batch. */
export class KnownEpochs {
  readonly #fromRegistry: () => number;
  readonly #synced: () => number;
  #heard = 0;
  /** How many batches are under way, by the epoch that they were made under. */
  readonly #underWay = new Map<number, number>();

  constructor(fromRegistry: () => number, synced: () => number) {
    this.#fromRegistry = fromRegistry;
    this.#synced = synced;
  }

  /** The newest epoch that this node has heard of; 0 when of none. */
  get newest(): number {
    return Math.max(this.#fromRegistry(), this.#heard);
  }

  /**
   * The newest epoch by which alone this node works. While a batch made under an older one is under way, it is that
   * one: what it writes may show only after somebody has fetched everything else.
   */
  get inForce(): number {
    return Math.min(this.newest, ...this.#underWay.keys());
  }

  /** The newest epoch by which this node holds all that it should; 0 before the first. */
  get synced(): number {
    return this.#synced();
  }

  /** Carries out a batch, whose sender works with the map of its epoch; one without operations holds nothing up. */
  async during<T>({ epoch, operations }: Pick<Batch, 'epoch' | 'operations'>, work: () => Promise<T>): Promise<T> {
    this.#heard = Math.max(this.#heard, epoch);
    if (operations.length === 0) return work();
    this.#count(epoch, 1);
    try {
      return await work();
    } finally {
      this.#count(epoch, -1);
    }
  }

  #count(epoch: number, change: 1 | -1): void {
    const count = (this.#underWay.get(epoch) ?? 0) + change;
    if (count === 0) this.#underWay.delete(epoch);
    else this.#underWay.set(epoch, count);
  }
}
