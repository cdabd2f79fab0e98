/*
 * Which epochs a node knows and tells its callers. It also believes a caller who works with a newer map
 * than the registry has told of: from then on whoever works with an older one is turned away.
 */

/** The epochs that stand in every reply to a batch. */
export class KnownEpochs {
  readonly #fromRegistry: () => number;
  readonly #synced: () => number;
  #heard = 0;

  constructor(fromRegistry: () => number, synced: () => number) {
    this.#fromRegistry = fromRegistry;
    this.#synced = synced;
  }

  /** The newest epoch that this node has heard of; 0 when of none. */
  get newest(): number {
    return Math.max(this.#fromRegistry(), this.#heard);
  }

  /** The newest epoch by which this node holds all that it should; 0 before the first. */
  get synced(): number {
    return this.#synced();
  }

  /** A caller works with the map of this epoch. */
  heardOf(epoch: number): void {
    this.#heard = Math.max(this.#heard, epoch);
  }
}
