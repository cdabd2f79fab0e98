/*
 * Changing and cancelling reservations. A change to another item is a bundle that takes the new item and leaves the
 * old one, so that however it is cut short, the person holds the one or the other: never both, never neither.
 */
import type { Clock, Random } from '@trolley/cluster';
import { KeyReusedError } from '../lists/list-writer.ts';
import type { PersonLists } from '../lists/person-lists.ts';
import { StoreError } from '../store.ts';
import type { BundleOutcome, BundleRunner } from './bundle-runner.ts';
import type { Made } from './bundle.ts';
import { amendedIn, amendment, release } from './item-decisions.ts';
import { newToken, parseReservationId, reservationIdOf, tokenOf } from './item-ids.ts';
import type { ItemRegisters } from './item-registers.ts';
import type { LapseTimers } from './lapse-timers.ts';
import { reservationOf, type Reservation } from './reservation.ts';
import { ReservationsUnknownError } from './reserve.ts';

/** What is to be changed; at least one. */
export interface ReservationChanges {
  readonly item?: string | undefined;
  readonly email?: string | undefined;
  readonly confirm?: boolean | undefined;
}

/** Makes a change apply once, however often it is sent. */
export interface ChangeOnce {
  /** The Idempotency-Key. */
  readonly key: string;
  /** Says what was asked for. */
  readonly fingerprint: string;
}

/** What came of a change. */
export type ChangeOutcome =
  | { readonly type: 'changed'; readonly reservation: Reservation; readonly replaces?: string | undefined }
  | { readonly type: 'not-found' }
  | { readonly type: 'item-not-found' }
  | { readonly type: 'taken' }
  /** Another request is changing the reservation, and has been for long. */
  | { readonly type: 'busy' };

/** What came of a cancellation. */
export type CancelOutcome = 'cancelled' | 'not-found' | 'busy';

/** What changing works with. */
export interface ReservationChangerDependencies {
  readonly items: ItemRegisters;
  readonly bundles: BundleRunner;
  readonly persons: PersonLists;
  readonly timers: LapseTimers;
  readonly clock: Clock;
  readonly random: Random;
}

/** How often a change is begun anew because the reservation was altered meanwhile. */
const ATTEMPTS_MAX = 5;

/** Changes and cancels reservations. */
export class ReservationChanger {
  readonly #dependencies: ReservationChangerDependencies;

  constructor(dependencies: ReservationChangerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Gives the item up. @throws StoreError */
  async cancel(id: string, requestId: string): Promise<CancelOutcome> {
    const { items } = this.#dependencies;
    const item = await this.#itemHeldBy(id, requestId);
    if (item === undefined) return 'not-found';
    const result = await items.changeHold(item, release(id), requestId);
    switch (result.type) {
      case 'over':
        items.forget(result, requestId);
        return 'cancelled';
      case 'not-held':
        return 'not-found';
      case 'marked':
        return 'busy';
      default:
        return result satisfies never;
    }
  }

  /**
   * Changes the item, the person, or confirms the hold.
   *
   * @throws ReservationsUnknownError, naming both, when it is not known which of the two is there after a change of
   * item; StoreError; ListFullError
   */
  async change(id: string, changes: ReservationChanges, requestId: string, once?: ChangeOnce): Promise<ChangeOutcome> {
    const made = once && (await this.#recall(id, changes, once, requestId));
    if (made !== undefined) return made;
    const item = await this.#itemHeldBy(id, requestId);
    if (item === undefined) return { type: 'not-found' };
    const target = changes.item;
    if (target === undefined || target === item) return this.#amend(id, item, changes, requestId, once);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#move(id, item, { ...changes, item: target }, requestId, once);
      if (outcome !== 'altered') return outcome;
      if (attempt === ATTEMPTS_MAX) return { type: 'busy' };
    }
  }

  /** What a request came to that was sent before, whatever has become of the reservation since. @throws KeyReusedError */
  async #recall(
    id: string,
    changes: ReservationChanges,
    { key, fingerprint }: ChangeOnce,
    requestId: string,
  ): Promise<ChangeOutcome | undefined> {
    const { items, bundles } = this.#dependencies;
    const item = parseReservationId(id)?.item;
    if (item === undefined) return undefined;
    const [remembered, made] = await Promise.all([
      items.recall(item, amendmentId(id, key), requestId),
      bundles.recall(moveName(id, key), requestId),
    ]);
    const amended = amendedIn(remembered);
    const before = amended ?? made;
    if (before === undefined) return undefined;
    if (before.fingerprint !== fingerprint) throw new KeyReusedError();
    if (amended !== undefined) return { type: 'changed', reservation: reservationOf(amended.holder) };
    return made && movedTo(id, changes.item ?? '', made, moveName(id, key));
  }

  /** Looks before it changes: what is not there must not cost a write. */
  async #itemHeldBy(id: string, requestId: string): Promise<string | undefined> {
    const holder = await this.#dependencies.items.holderOf(id, requestId);
    return holder === undefined ? undefined : parseReservationId(id)?.item;
  }

  async #amend(
    id: string,
    item: string,
    changes: ReservationChanges,
    requestId: string,
    once: ChangeOnce | undefined,
  ): Promise<ChangeOutcome> {
    const { items, persons } = this.#dependencies;
    if (changes.email !== undefined) await persons.add(changes.email, 'reservation', [id], requestId);
    const decide = amendment(id, changes, once?.fingerprint ?? '');
    const result = await items.changeHold(item, decide, requestId, once && amendmentId(id, once.key));
    switch (result.type) {
      case 'amended':
        if (result.fingerprint !== (once?.fingerprint ?? '')) throw new KeyReusedError();
        // The former person's list keeps its entry for a while: somebody may be passing the reservation back.
        return { type: 'changed', reservation: reservationOf(result.holder) };
      case 'not-held':
        return { type: 'not-found' };
      case 'marked':
        return { type: 'busy' };
      default:
        return result satisfies never;
    }
  }

  async #move(
    id: string,
    item: string,
    changes: ReservationChanges & { readonly item: string },
    requestId: string,
    once: ChangeOnce | undefined,
  ): Promise<ChangeOutcome | 'altered'> {
    const { items, bundles, random, timers, clock } = this.#dependencies;
    const askedMs = clock.monotonicMs();
    const [found, target] = await Promise.all([
      items.lookWhenSettled(item, requestId),
      items.look(changes.item, requestId),
    ]);
    const holder = found?.item.holder ?? null;
    if (holder?.reservation !== id) return { type: 'not-found' };
    if (holder.mark !== null) return { type: 'busy' };
    if (target === undefined) return { type: 'item-not-found' };
    if (target.item.holder !== null) return { type: 'taken' };

    const email = changes.email ?? holder.email;
    const expiresAtMs = changes.confirm === true ? null : holder.expiresAtMs;
    const request = once && moveName(id, once.key);
    const token = request ?? newToken(random);
    const reservation = reservationIdOf(changes.item, token);
    const takes = [{ item: changes.item, reservation }];
    const plan = { request, fingerprint: once?.fingerprint, email, expiresAtMs, takes, leaves: [holder] };
    const outcome = await orUnknown([id, reservation], () => bundles.run(plan, { requestId, askedMs }));
    if (outcome.type === 'twin-pending') return { type: 'busy' };
    if (outcome.type === 'refused') {
      if (once === undefined) items.forget({ reservation, email, sinceMs: clock.nowMs() }, requestId);
      return this.#refusal(outcome, item);
    }
    if (outcome.made.fingerprint !== (once?.fingerprint ?? '')) throw new KeyReusedError();
    timers.watch({ reservation, expiresAtMs: outcome.made.expiresAtMs });
    return movedTo(id, changes.item, outcome.made, token);
  }

  #refusal({ refusals }: Extract<BundleOutcome, { type: 'refused' }>, item: string): ChangeOutcome | 'altered' {
    const old = refusals.find((refusal) => refusal.item === item);
    if (old?.reason === 'altered') return 'altered';
    if (old !== undefined) return { type: old.reason === 'not-held' ? 'not-found' : 'busy' };
    return { type: refusals.some(({ reason }) => reason === 'missing') ? 'item-not-found' : 'taken' };
  }
}

function movedTo(id: string, item: string, { email, sinceMs, expiresAtMs }: Made, token: string): ChangeOutcome {
  const reservation = reservationIdOf(item, token);
  return {
    type: 'changed',
    reservation: reservationOf({ reservation, email, sinceMs, expiresAtMs, mark: null }),
    replaces: id,
  };
}

/** The id of the one amendment under this key. */
function amendmentId(id: string, key: string): string {
  return tokenOf('amend', key, id);
}

/** The name of the one change to another item under this key. */
function moveName(id: string, key: string): string {
  return tokenOf('move', key, id);
}

async function orUnknown<T>(reservations: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'OUTCOME_UNKNOWN') throw error;
    throw new ReservationsUnknownError(reservations, error);
  }
}
