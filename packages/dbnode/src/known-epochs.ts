/*
 * Which epochs a node knows and tells its callers. It also believes a caller who works with a newer map than the
 * registry has told of: from then on whoever works with an older one is turned away, also after a restart without
 * the registry. A new owner fetches from nodes that promised so, and would miss what they took in all the same.
 */
import type { Batch } from '@trolley/cluster';
import { isAboutMaps } from './about-maps.ts';
import { ReadOnlyError, type Engine } from './engine.ts';

/** What knowing epochs works with. */
export interface KnownEpochsOptions {
  /** The epoch of the map that the registry has told of; 0 before the first. */
  readonly fromRegistry: () => number;
  /** The newest epoch by which this node holds all that it should; 0 before the first. */
  readonly synced: () => number;
  readonly memory: Pick<Engine, 'rememberedEpoch' | 'rememberEpoch' | 'rememberedMap' | 'incompleteGroups'>;
}

/** The epochs that stand in every reply to a batch. */
export class KnownEpochs {
  readonly #options: KnownEpochsOptions;
  #heard = 0;
  /** How many batches are under way, by the epoch that they were made under. */
  readonly #underWay = new Map<number, number>();
  #remembering: Promise<void> | undefined;

  constructor(options: KnownEpochsOptions) {
    this.#options = options;
  }

  /** The newest epoch that this node has heard of; 0 when of none. */
  get newest(): number {
    const { fromRegistry, memory } = this.#options;
    return Math.max(fromRegistry(), memory.rememberedEpoch, memory.rememberedMap?.epoch ?? 0, this.#heard);
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
    return this.#options.synced();
  }

  /** Whether the node lost its data, and with it, perhaps, an epoch that no registry has told of again so far. */
  get mayBeForgotten(): boolean {
    const { fromRegistry, memory } = this.#options;
    return memory.incompleteGroups.size > 0 && Math.max(fromRegistry(), memory.rememberedEpoch) === 0;
  }

  /** A caller works with the map of this epoch. */
  heardOf(epoch: number): void {
    this.#heard = Math.max(this.#heard, epoch);
  }

  /** Carries out a batch, whose sender works with the map of its epoch; one that only asks for maps holds nothing up. */
  async during<T>(batch: Pick<Batch, 'epoch' | 'operations'>, work: () => Promise<T>): Promise<T> {
    const { epoch } = batch;
    this.heardOf(epoch);
    if (isAboutMaps(batch)) return work();
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

  /** Resolves to the newest epoch that a restart will not make this node forget: the newest, if the disk takes it. */
  async settled(): Promise<number> {
    const { memory } = this.#options;
    if (memory.rememberedEpoch < this.newest) {
      // One attempt for all who ask meanwhile: a disk that is full is not tried again by each of them.
      this.#remembering ??= this.#remember().finally(() => (this.#remembering = undefined));
      await this.#remembering;
    }
    return memory.rememberedEpoch;
  }

  async #remember(): Promise<void> {
    const { memory } = this.#options;
    try {
      while (memory.rememberedEpoch < this.newest) await memory.rememberEpoch(this.newest);
    } catch (error) {
      if (!(error instanceof ReadOnlyError)) throw error;
    }
  }
}
