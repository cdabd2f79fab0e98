/*
 * Items through their registers, with what is to be settled on the way: whoever meets the mark of a bundle asks what
 * became of it and takes it off, and whoever sees a hold whose time is up proposes its end. So nothing that a crash
 * left behind is in anybody's way for long.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Background } from '../background.ts';
import type { PersonLists } from '../lists/person-lists.ts';
import { pause } from '../pause.ts';
import type { Decision, RegisterOptions, Registers, RegisterValue } from '../registers.ts';
import { StoreError } from '../store.ts';
import type { BundleFates } from './bundle-fates.ts';
import { claim, lapse, settlement } from './item-decisions.ts';
import { itemKey, newToken, parseReservationId } from './item-ids.ts';
import { hasLapsed, itemIn, type Holder, type Item } from './item.ts';

/** An item, and the version that people are shown. */
export interface VersionedItem {
  readonly item: Item;
  readonly version: number;
}

/** What the registers of items work with. */
export interface ItemRegistersDependencies {
  readonly registers: Registers;
  readonly fates: BundleFates;
  readonly persons: PersonLists;
  readonly background: Background;
  readonly clock: Clock;
  readonly random: Random;
}

/** How often something is settled in one call before it goes on with what is there. */
const SETTLED_MAX = 5;
/** How long to wait for a bundle that is being made, and how long between two looks at it. */
const BUNDLE_WAIT_MAX_MS = 3_000;
const BUNDLE_WAIT_MS = 20;

/** Reads and changes items. */
export class ItemRegisters {
  readonly #dependencies: ItemRegistersDependencies;

  constructor(dependencies: ItemRegistersDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * The item, after what can be settled was; undefined when there is none. What it shows was so at some moment during
   * the call. With `settle`, whatever was under way before has happened then, or never will.
   *
   * @throws StoreError
   */
  async look(id: string, requestId: string, settle = false): Promise<VersionedItem | undefined> {
    const { registers, clock } = this.#dependencies;
    for (let settled = 0; ; settled += 1) {
      const { value, version } = await registers.read(itemKey(id), { requestId, settle });
      const item = itemIn(value);
      if (item === undefined) return undefined;
      const { holder } = item;
      const isSettled = holder === null || (holder.mark === null && !hasLapsed(holder, clock.nowMs()));
      if (isSettled || settled === SETTLED_MAX) return { item, version };
      if (!(await this.settle(id, holder, requestId))) return { item, version };
    }
  }

  /**
   * The hold that this reservation is; undefined only when it is not there, nor will be by anything that was under way.
   * @throws StoreError
   */
  async holderOf(reservation: string, requestId: string): Promise<Holder | undefined> {
    const item = parseReservationId(reservation)?.item;
    if (item === undefined) return undefined;
    for (const settle of [false, true]) {
      const found = await this.look(item, requestId, settle);
      // Without the item nothing can be under way: a claim begins with a look at it.
      if (found === undefined) return undefined;
      if (found.item.holder?.reservation === reservation) return found.item.holder;
    }
    return undefined;
  }

  /** Changes an item under a change id of its own, or the one given. @throws StoreError */
  async change<T extends RegisterValue>(
    id: string,
    decide: (value: RegisterValue) => Decision<T>,
    requestId: string,
    changeId = newToken(this.#dependencies.random),
  ): Promise<T> {
    return this.#dependencies.registers.change(itemKey(id), { id: changeId, decide }, { requestId });
  }

  /** Takes an item, unless it is held. A bundle that is being made is not waited for. @throws StoreError */
  async claim(id: string, wanted: Holder, options: RegisterOptions, changeId?: string) {
    const { registers, random, clock } = this.#dependencies;
    const { requestId } = options;
    const change = { id: changeId ?? newToken(random), decide: claim(wanted, clock.nowMs()) };
    for (let settled = 0; ; settled += 1) {
      const result = await registers.change(itemKey(id), change, options);
      if (result.type !== 'held' || settled === SETTLED_MAX) return result;
      const { holder } = result;
      if (holder.mark === null || !(await this.settle(id, holder, requestId))) return result;
    }
  }

  /** What the item's register remembers of the change by that id. @throws StoreError */
  async recall(id: string, changeId: string, requestId: string): Promise<RegisterValue | undefined> {
    return (await this.#dependencies.registers.read(itemKey(id), { requestId })).memory(changeId);
  }

  /** Changes a hold, after the bundle that it is part of, if any, has come to something. @throws StoreError */
  async changeHold<T extends RegisterValue>(
    id: string,
    decide: (value: RegisterValue) => Decision<T | { readonly type: 'marked'; readonly holder: Holder }>,
    requestId: string,
    changeId?: string,
  ): Promise<T | { readonly type: 'marked'; readonly holder: Holder }> {
    const untilMs = this.#dependencies.clock.monotonicMs() + BUNDLE_WAIT_MAX_MS;
    for (;;) {
      const result = await this.change(id, decide, requestId, changeId);
      if (!isMarked(result)) return result;
      if (await this.settle(id, result.holder, requestId)) continue;
      if (this.#dependencies.clock.monotonicMs() >= untilMs) return result;
      await pause(this.#dependencies.clock, BUNDLE_WAIT_MS);
    }
  }

  /** The item once it is not part of a bundle that is being made, or as it is when that takes too long. @throws StoreError */
  async lookWhenSettled(id: string, requestId: string): Promise<VersionedItem | undefined> {
    const untilMs = this.#dependencies.clock.monotonicMs() + BUNDLE_WAIT_MAX_MS;
    for (;;) {
      const found = await this.look(id, requestId);
      const isPending = (found?.item.holder?.mark ?? null) !== null;
      if (!isPending || this.#dependencies.clock.monotonicMs() >= untilMs) return found;
      await pause(this.#dependencies.clock, BUNDLE_WAIT_MS);
    }
  }

  /** Settles a mark, or a hold whose time is up; false when that is not possible yet. @throws StoreError */
  async settle(id: string, holder: Holder, requestId: string): Promise<boolean> {
    if (holder.mark === null) {
      await this.lapse(holder, requestId);
      return true;
    }
    const { bundle } = holder.mark;
    const fate = await this.#fateOf(bundle, requestId);
    if (fate === 'pending') return false;
    // A bundle that is absent had no marks left when it went; this one came too late to count.
    await this.takeMarkOff(id, bundle, fate === 'committed' ? 'committed' : 'undone', requestId);
    return true;
  }

  /** Takes a bundle's mark off an item, with what the bundle came to. @throws StoreError */
  async takeMarkOff(id: string, bundle: string, cameTo: 'committed' | 'undone', requestId: string): Promise<void> {
    const result = await this.change(id, settlement(bundle, cameTo), requestId);
    // What was never taken may be about to be taken by the same request, sent again, which relies on the list.
    if (result.type === 'over' && cameTo === 'committed') this.forget(result, requestId);
  }

  /** Ends a hold if its time is up, by a change that a confirmation may win against. @throws StoreError */
  async lapse(
    { reservation, expiresAtMs }: Pick<Holder, 'reservation' | 'expiresAtMs'>,
    requestId: string,
  ): Promise<void> {
    const { item, token } = parseReservationId(reservation) ?? {};
    if (item === undefined) return;
    const decide = lapse(reservation, this.#dependencies.clock.nowMs());
    // One id for all who see it; the time is part of it, since a retried request may hold the item anew.
    const result = await this.change(item, decide, requestId, `lapse:${token}:${expiresAtMs}`);
    if (result.type === 'over') this.forget(result, requestId);
  }

  /** Takes a reservation that is over off the person's list, in the background. */
  forget(
    gone: { readonly reservation: string; readonly email: string; readonly sinceMs: number },
    requestId: string,
  ): void {
    const { background, persons } = this.#dependencies;
    const { reservation: id, email, sinceMs } = gone;
    const entry = { id, sinceSeconds: Math.floor(sinceMs / 1_000) };
    background.run(`list ${id}`, () => persons.remove(email, 'reservation', [entry], requestId));
  }

  /** A bundle that cannot be asked about is taken to be pending: nothing is made of its marks. */
  async #fateOf(bundle: string, requestId: string) {
    try {
      return await this.#dependencies.fates.fateOf(bundle, requestId);
    } catch (error) {
      if (error instanceof StoreError) return 'pending';
      throw error;
    }
  }
}

function isMarked(result: RegisterValue): result is { readonly type: 'marked'; readonly holder: Holder } {
  return typeof result === 'object' && result !== null && 'type' in result && result.type === 'marked';
}
