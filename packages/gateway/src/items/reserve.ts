/*
 * Making reservations: of each item by itself, or of all together by a bundle. The wanted reservations are on the
 * person's list before any item is claimed, so whatever a gateway's death cuts short, the list leads to all that this
 * person holds. Items that are held are found out by a look first: being refused costs no write.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Once } from '@trolley/records';
import type { PersonLists } from '../lists/person-lists.ts';
import { mapParallel } from '../parallel.ts';
import { pause } from '../pause.ts';
import { StoreError } from '../store.ts';
import type { BundleRunner } from './bundle-runner.ts';
import type { Made } from './bundle.ts';
import { claimedIn } from './item-decisions.ts';
import { newToken, reservationIdOf, tokenOf } from './item-ids.ts';
import type { ItemRegisters } from './item-registers.ts';
import type { Holder } from './item.ts';
import type { LapseTimers } from './lapse-timers.ts';
import { reservationOf, type Reservation } from './reservation.ts';

/** What is asked for. */
export interface ReservationRequest {
  readonly email: string;
  /** Each once. */
  readonly items: readonly string[];
  /** How long the holds last unless they are confirmed; null for ever. */
  readonly holdMs: number | null;
  /** Names the request, if it may be sent again: its reservations then have the same ids each time. */
  readonly once: Once | undefined;
  readonly requestId: string;
}

/** Why an item was not reserved; UNKNOWN when it may have been, under that reservation. */
export type Refusal =
  | { readonly item: string; readonly reason: 'TAKEN' | 'NOT_FOUND' }
  | { readonly item: string; readonly reason: 'UNKNOWN'; readonly reservation: string };

/** What came of a request. */
export interface ReserveOutcome {
  readonly reserved: readonly Reservation[];
  readonly refused: readonly Refusal[];
}

/** It is not known whether any of these reservations was made. */
export class ReservationsUnknownError extends Error {
  override readonly name = 'ReservationsUnknownError';
  readonly reservations: readonly string[];
  constructor(reservations: readonly string[], cause: StoreError) {
    super(cause.message, { cause });
    this.reservations = reservations;
  }
}

/** What reserving works with. */
export interface ReserverDependencies {
  readonly items: ItemRegisters;
  readonly bundles: BundleRunner;
  readonly persons: PersonLists;
  readonly timers: LapseTimers;
  readonly clock: Clock;
  readonly random: Random;
}

/** One reservation that is wanted. */
interface Wanted {
  readonly item: string;
  readonly reservation: string;
}

/** What became of one. */
type Fate =
  | { readonly type: 'free'; readonly wanted: Wanted }
  | { readonly type: 'reserved'; readonly reservation: Reservation }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'failed'; readonly wanted: Wanted; readonly error: StoreError };

/** How long the same request, made twice at once, waits for the other to come to something, and how often it looks. */
const TWIN_WAIT_MAX_MS = 10_000;
const TWIN_WAIT_MS = 25;

/** Makes reservations. */
export class Reserver {
  readonly #dependencies: ReserverDependencies;

  constructor(dependencies: ReserverDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Reserves each item that can be had.
   *
   * @throws ReservationsUnknownError when none is known to be reserved and some may be; StoreError when none was and
   * some could not be asked about; ListFullError
   */
  async reserveEach(request: ReservationRequest): Promise<ReserveOutcome> {
    const askedMs = this.#dependencies.clock.monotonicMs();
    const [looked] = await Promise.all([
      mapParallel(this.#wantedOf(request), (wanted) => this.#look(wanted, request)),
      this.#checkKey(request),
    ]);
    const free = looked.flatMap((fate) => (fate.type === 'free' ? [fate.wanted] : []));
    await this.#enlist(request, free);
    const fates = await mapParallel(looked, async (fate) =>
      fate.type === 'free' ? this.#claim(fate.wanted, request, askedMs) : fate,
    );
    return outcomeOf(fates);
  }

  /**
   * Reserves all of the items or none: then `reserved` is empty.
   *
   * @throws ReservationsUnknownError when it is not known whether they were reserved; StoreError when they were not;
   * ListFullError
   */
  async reserveAll(request: ReservationRequest): Promise<ReserveOutcome> {
    const { clock } = this.#dependencies;
    const wanted = this.#wantedOf(request);
    await this.#checkKey(request);
    const untilMs = clock.monotonicMs() + TWIN_WAIT_MAX_MS;
    for (;;) {
      const outcome = await this.#tryAll(wanted, request);
      if (outcome !== 'twin-pending') return outcome;
      if (clock.monotonicMs() >= untilMs) {
        const cause = new StoreError('OUTCOME_UNKNOWN', 'the same request is being carried out');
        throw new ReservationsUnknownError(idsOf(wanted), cause);
      }
      await pause(clock, TWIN_WAIT_MS);
    }
  }

  #wantedOf({ email, items, once }: ReservationRequest): readonly Wanted[] {
    const { random } = this.#dependencies;
    return items.map((item) => {
      const token = once === undefined ? newToken(random) : tokenOf(once.id, once.fingerprint, email, item);
      return { item, reservation: reservationIdOf(item, token) };
    });
  }

  async #look(wanted: Wanted, request: ReservationRequest): Promise<Fate> {
    const { item, reservation } = wanted;
    const { requestId, once } = request;
    return failing(wanted, async () => {
      const found = await this.#dependencies.items.look(item, requestId);
      if (found === undefined) return refused({ item, reason: 'NOT_FOUND' });
      const { holder } = found.item;
      if (holder === null) return { type: 'free', wanted };
      if (holder.reservation === reservation) return { type: 'reserved', reservation: reservationOf(holder) };
      const recalled = once === undefined ? undefined : await this.#recall(wanted, request);
      return recalled ?? refused({ item, reason: 'TAKEN' });
    });
  }

  /** What the register remembers of this very request, which may have been served before, and its hold be over. */
  async #recall({ item, reservation }: Wanted, { email, requestId }: ReservationRequest): Promise<Fate | undefined> {
    const { items } = this.#dependencies;
    const remembered = claimedIn(await items.recall(item, reservation, requestId));
    if (remembered === undefined) return undefined;
    return { type: 'reserved', reservation: reservationOf({ ...remembered, reservation, email, mark: null }) };
  }

  /** @throws KeyReusedError, StoreError */
  async #checkKey({ email, once, requestId }: ReservationRequest): Promise<void> {
    if (once !== undefined) await this.#dependencies.persons.check(email, once, requestId);
  }

  async #enlist({ email, once, requestId }: ReservationRequest, wanted: readonly Wanted[]): Promise<void> {
    try {
      await this.#dependencies.persons.add(email, 'reservation', idsOf(wanted), requestId, once);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new StoreError(
        error.code === 'OUTCOME_UNKNOWN' ? 'QUORUM_NOT_MET' : error.code,
        `nothing was reserved: ${error.message}`,
      );
    }
  }

  async #claim(wanted: Wanted, { email, holdMs, once, requestId }: ReservationRequest, askedMs: number): Promise<Fate> {
    const { items, timers, clock } = this.#dependencies;
    const { item, reservation } = wanted;
    const sinceMs = clock.nowMs();
    const expiresAtMs = holdMs === null ? null : sinceMs + holdMs;
    const holder: Holder = { reservation, email, sinceMs, expiresAtMs, mark: null };
    const fate = await failing(wanted, async () => {
      const result = await items.claim(item, holder, { requestId, askedMs }, reservation);
      if (result.type === 'missing') return refused({ item, reason: 'NOT_FOUND' });
      if (result.type === 'held') return refused({ item, reason: 'TAKEN' });
      const held = { ...holder, sinceMs: result.sinceMs, expiresAtMs: result.expiresAtMs };
      return { type: 'reserved', reservation: reservationOf(held) };
    });
    if (fate.type !== 'refused') timers.watch(holder);
    // With a key, another request may be about to make the same reservation, and relies on the entry.
    if (fate.type === 'refused' && once === undefined) items.forget({ reservation, email, sinceMs }, requestId);
    return fate;
  }

  async #tryAll(wanted: readonly Wanted[], request: ReservationRequest): Promise<ReserveOutcome | 'twin-pending'> {
    const { bundles, clock } = this.#dependencies;
    const { requestId } = request;
    const askedMs = clock.monotonicMs();
    const refusals = await this.#refusalsOf(wanted, request);
    if (refusals === undefined) return 'twin-pending';
    const name = requestNameOf(request);
    // After the look: holds that it found to be this request's count, so what made them is remembered by now.
    const made = name === undefined ? undefined : await bundles.recall(name, requestId);
    if (made !== undefined) return allOf(wanted, made);
    return refusals.length > 0 ? { reserved: [], refused: refusals } : this.#bundle(wanted, request, askedMs);
  }

  /** What stands in the way of reserving all; undefined while the same request is at it. */
  async #refusalsOf(
    wanted: readonly Wanted[],
    { requestId }: ReservationRequest,
  ): Promise<readonly Refusal[] | undefined> {
    const looked = await mapParallel(wanted, async ({ item, reservation }) => {
      const found = await this.#dependencies.items.look(item, requestId);
      if (found === undefined) return { item, reason: 'NOT_FOUND' } as const;
      const { holder } = found.item;
      if (holder === null) return undefined;
      const isTwin = holder.reservation === reservation && holder.mark !== null;
      return isTwin ? 'twin-pending' : ({ item, reason: 'TAKEN' } as const);
    });
    const refusals = looked.filter((one) => one !== undefined);
    return refusals.every((one) => one !== 'twin-pending') ? refusals : undefined;
  }

  async #bundle(
    wanted: readonly Wanted[],
    request: ReservationRequest,
    askedMs: number,
  ): Promise<ReserveOutcome | 'twin-pending'> {
    const { bundles, timers, clock } = this.#dependencies;
    const { email, holdMs, once, requestId } = request;
    const expiresAtMs = holdMs === null ? null : clock.nowMs() + holdMs;
    const watch = (): void => {
      for (const { reservation } of wanted) timers.watch({ reservation, expiresAtMs });
    };
    const plan = {
      request: requestNameOf(request),
      once,
      email,
      expiresAtMs,
      takes: wanted,
      leaves: [],
    };
    try {
      const outcome = await bundles.run(plan, { requestId, askedMs });
      if (outcome.type === 'twin-pending') return outcome.type;
      if (outcome.type === 'committed') {
        watch();
        return allOf(wanted, outcome.made);
      }
      if (outcome.refusals.some(({ reason }) => reason === 'ours')) return 'twin-pending';
      this.#forgetAll(wanted, request);
      const refusals = outcome.refusals.map(({ item, reason }) => refusalOf(item, reason === 'missing'));
      return { reserved: [], refused: refusals };
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'OUTCOME_UNKNOWN') throw error;
      watch();
      throw new ReservationsUnknownError(idsOf(wanted), error);
    }
  }

  #forgetAll(wanted: readonly Wanted[], { email, once, requestId }: ReservationRequest): void {
    if (once !== undefined) return;
    const sinceMs = this.#dependencies.clock.nowMs();
    for (const { reservation } of wanted) this.#dependencies.items.forget({ reservation, email, sinceMs }, requestId);
  }
}

/** The name by which a request for all or none is remembered; undefined for one that is not sent again. */
function requestNameOf({ email, once }: ReservationRequest): string | undefined {
  return once && tokenOf('all', once.id, once.fingerprint, email);
}

/** The reservations of a request for all, as they were made. */
function allOf(wanted: readonly Wanted[], { sinceMs, expiresAtMs, email }: Made): ReserveOutcome {
  const reserved = wanted.map(({ item, reservation: id }) => {
    return { id, item, email, sinceMs, expiresAtMs, pending: false };
  });
  return { reserved, refused: [] };
}

function outcomeOf(fates: readonly Fate[]): ReserveOutcome {
  const reserved = fates.flatMap((fate) => (fate.type === 'reserved' ? [fate.reservation] : []));
  const failed = fates.flatMap((fate) => (fate.type === 'failed' ? [fate] : []));
  const unknown = failed.filter(({ error }) => error.code === 'OUTCOME_UNKNOWN');
  const [failure] = unknown.length > 0 ? unknown : failed;
  if (reserved.length === 0 && failure !== undefined) {
    if (unknown.length === 0) throw failure.error;
    throw new ReservationsUnknownError(idsOf(unknown.map(({ wanted }) => wanted)), failure.error);
  }
  const refusedOf = (fate: Fate): readonly Refusal[] => {
    if (fate.type === 'refused') return [fate.refusal];
    return fate.type === 'failed' ? [{ ...fate.wanted, reason: 'UNKNOWN' }] : [];
  };
  return { reserved, refused: fates.flatMap(refusedOf) };
}

function refusalOf(item: string, isMissing: boolean): Refusal {
  return { item, reason: isMissing ? 'NOT_FOUND' : 'TAKEN' };
}

function refused(refusal: Refusal): Fate {
  return { type: 'refused', refusal };
}

/** One item whose replicas are away must not keep the others from being answered. */
async function failing(wanted: Wanted, work: () => Promise<Fate>): Promise<Fate> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError) return { type: 'failed', wanted, error };
    throw error;
  }
}

function idsOf(wanted: readonly Wanted[]): readonly string[] {
  return wanted.map(({ reservation }) => reservation);
}
