/*
 * What bundles come to, for whoever meets their marks. A bundle that stays pending for too long was left behind by a
 * gateway's death: whoever asks then undoes it, by a change that only one of undoing and committing can win.
 */
import type { Clock, Random } from '@trolley/cluster';
import { OPEN_FOR_LONG_MS } from '../lists/sweeper.ts';
import type { Registers } from '../registers.ts';
import { bundleIn, commit, COMMIT_ID, fateIn, undoing, type BundleFate, type Made } from './bundle.ts';
import { bundleKey, newToken } from './item-ids.ts';

/** Asks registers of bundles. */
export class BundleFates {
  readonly #registers: Registers;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ registers, clock, random }: { registers: Registers; clock: Clock; random: Random }) {
    this.#registers = registers;
    this.#clock = clock;
    this.#random = random;
  }

  /** What the bundle has come to: pending only while it is young. @throws StoreError */
  async fateOf(name: string, requestId: string): Promise<BundleFate> {
    const { value } = await this.#registers.read(bundleKey(name), { requestId });
    const bundle = bundleIn(value);
    const fate = fateIn(bundle, name);
    if (bundle === undefined || fate !== 'pending') return fate;
    const isYoung = this.#clock.nowMs() - bundle.atMs < OPEN_FOR_LONG_MS;
    return isYoung ? 'pending' : this.undo(name, requestId);
  }

  /** Commits a bundle, and tells what it came to, which may be the other. @throws StoreError */
  async commit(name: string, made: Made, requestId: string): Promise<BundleFate> {
    const change = { id: COMMIT_ID, decide: commit(name, made) };
    return (await this.#registers.change(bundleKey(name), change, { requestId })).fate;
  }

  /** Undoes a bundle, and tells what it came to, which may be the other. @throws StoreError */
  async undo(name: string, requestId: string): Promise<BundleFate> {
    const change = { id: newToken(this.#random), decide: undoing(name) };
    return this.#registers.change(bundleKey(name), change, { requestId });
  }
}
