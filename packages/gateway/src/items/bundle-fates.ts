/*
 * What bundles come to, for whoever meets their marks. A bundle that stays pending for too long was left behind by a
 * gateway's death: whoever asks then undoes it, by a change that only one of undoing and committing can win.
 */
import type { Clock, Random } from '@trolley/cluster';
import { OPEN_FOR_LONG_MS } from '../lists/sweeper.ts';
import type { Registers } from '../registers.ts';
import { bundleIn, conclusion, type BundleFate } from './bundle.ts';
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
  async fateOf(bundle: string, requestId: string): Promise<BundleFate> {
    const { value } = await this.#registers.read(bundleKey(bundle), { requestId });
    const found = bundleIn(value);
    if (found?.state !== 'pending') return found?.state ?? 'absent';
    const isYoung = this.#clock.nowMs() - found.atMs < OPEN_FOR_LONG_MS;
    return isYoung ? 'pending' : this.conclude(bundle, 'undone', requestId);
  }

  /** Commits or undoes a bundle, and tells what it came to, which may be the other. @throws StoreError */
  async conclude(bundle: string, state: 'committed' | 'undone', requestId: string): Promise<BundleFate> {
    const change = { id: newToken(this.#random), decide: conclusion(state) };
    return this.#registers.change(bundleKey(bundle), change, { requestId });
  }
}
