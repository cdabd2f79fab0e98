/*
 * Changes several holds at once, all or none, by way of a bundle. In this order, so that a gateway's death leaves
 * nothing hanging wherever it comes: note the bundle as open work and the wanted holds on the person's list; begin the
 * bundle; mark the holds; commit, which is the one moment at which all of it happens; take the marks off; remove the
 * bundle and strike it off. Whoever meets a mark, and each gateway's sweeper, can finish or undo it from any point on.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Once } from '@trolley/records';
import type { Background } from '../background.ts';
import type { OpenWork } from '../lists/open-work.ts';
import type { PersonLists } from '../lists/person-lists.ts';
import type { OldWork } from '../lists/sweeper.ts';
import { mapParallel } from '../parallel.ts';
import type { RegisterOptions, Registers } from '../registers.ts';
import { StoreError } from '../store.ts';
import type { BundleFates } from './bundle-fates.ts';
import { beginning, bundleIn, fateIn, madeIn, removal, type Beginning, type Made } from './bundle.ts';
import { leaving } from './item-decisions.ts';
import { bundleKey, bundleName, newToken, parseReservationId } from './item-ids.ts';
import type { ItemRegisters } from './item-registers.ts';
import type { Holder } from './item.ts';

/** A hold that a bundle takes. */
interface Take {
  readonly item: string;
  readonly reservation: string;
}

/** What a bundle does. */
export interface BundlePlan {
  /** Names the request that it carries out, if that may be sent again. */
  readonly request: string | undefined;
  /** Has the person's list remember the request. */
  readonly once?: Once | undefined;
  /** Tells the request from another of that name; that of `once` if absent. */
  readonly fingerprint?: string | undefined;
  /** Whose the holds are that it takes. */
  readonly email: string;
  /** When they lapse unless they are confirmed; null when they do not. */
  readonly expiresAtMs: number | null;
  readonly takes: readonly Take[];
  /** Holds that end, as they were seen. */
  readonly leaves: readonly Holder[];
}

/** Why one of the holds could not be marked. */
export interface BundleRefusal {
  readonly item: string;
  /** `ours`: the same reservation is being made by another bundle. `altered`: a hold to leave is not as it was seen. */
  readonly reason: 'taken' | 'missing' | 'ours' | 'altered' | 'not-held' | 'busy';
}

/** What came of a bundle. */
export type BundleOutcome =
  /** By this bundle or, when the request was sent before, by an earlier one; its holds may be over since then. */
  | { readonly type: 'committed'; readonly made: Made }
  /** The same request is being carried out; it will soon have come to something. */
  | { readonly type: 'twin-pending' }
  | { readonly type: 'refused'; readonly refusals: readonly BundleRefusal[] };

/** What a runner works with. */
export interface BundleRunnerDependencies {
  readonly registers: Registers;
  readonly items: ItemRegisters;
  readonly fates: BundleFates;
  readonly openWork: OpenWork;
  readonly persons: PersonLists;
  readonly background: Background;
  readonly clock: Clock;
  readonly random: Random;
}

/** A bundle on its way. */
interface Running {
  readonly bundle: string;
  readonly plan: BundlePlan;
  readonly sinceMs: number;
  readonly requestId: string;
}

type Marking =
  | { readonly item: string; readonly take: Take; readonly leave?: never }
  | { readonly item: string; readonly take?: never; readonly leave: Holder };

/** An entry without a bundle is kept for so long: its gateway may be slow rather than dead, and begin it yet. */
const ABSENT_MAX_MS = 60_000;

/** Makes bundles, and finishes those of others. */
export class BundleRunner {
  readonly #dependencies: BundleRunnerDependencies;

  constructor(dependencies: BundleRunnerDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Changes all of the holds, or none.
   *
   * @throws StoreError: OUTCOME_UNKNOWN when it is not known whether the bundle was committed; with any other code
   * nothing was changed. ListFullError
   */
  async run(plan: BundlePlan, { requestId, askedMs }: RegisterOptions): Promise<BundleOutcome> {
    const { clock, random } = this.#dependencies;
    const attempt = newToken(random);
    const bundle = plan.request === undefined ? attempt : bundleName(plan.request, attempt);
    await this.#announce(bundle, plan, requestId);
    const running = { bundle, plan, sinceMs: clock.nowMs(), requestId };
    const begun = await this.#orUndo(running, () => this.#begin(running, askedMs));
    if (begun.type !== 'begun') return this.#instead(running, begun);
    const refusals = await this.#orUndo(running, () => this.#mark(running));
    if (refusals.length > 0) {
      await this.#undo(running);
      return { type: 'refused', refusals };
    }
    return { type: 'committed', made: await this.#commit(running) };
  }

  /** What a request came to that was carried out before, as far as that is remembered. @throws StoreError */
  async recall(request: string, requestId: string): Promise<Made | undefined> {
    return madeIn((await this.#dependencies.registers.read(bundleKey(request), { requestId })).memory);
  }

  /** Finishes a bundle that was left behind, or undoes it. @throws StoreError */
  async sweep({ id, ageMs, requestId }: OldWork): Promise<'finished' | 'open'> {
    const { registers, fates } = this.#dependencies;
    const { value } = await registers.read(bundleKey(id), { requestId, settle: true });
    const bundle = bundleIn(value);
    if (bundle === undefined || fateIn(bundle, id) === 'absent') return ageMs >= ABSENT_MAX_MS ? 'finished' : 'open';
    const fate = await fates.fateOf(id, requestId);
    if (fate === 'pending') return 'open';
    await this.#takeMarksOff(id, bundle.items, fate === 'committed' ? fate : 'undone', requestId);
    await this.#remove(id, requestId);
    return 'finished';
  }

  /** What comes of a bundle that was not begun. An attempt that was left behind is swept first, to make room. */
  async #instead({ bundle, requestId }: Running, begun: Exclude<Beginning, { type: 'begun' }>): Promise<BundleOutcome> {
    const { openWork, background } = this.#dependencies;
    background.run(openName(bundle), () => openWork.strike(openName(bundle), requestId));
    if (begun.type === 'made') return { type: 'committed', made: begun.made };
    await this.#attempt(async () => void (await this.sweep({ id: begun.name, ageMs: 0, requestId })));
    return { type: 'twin-pending' };
  }

  async #announce(bundle: string, { email, takes, once }: BundlePlan, requestId: string): Promise<void> {
    const { openWork, persons } = this.#dependencies;
    const reservations = takes.map(({ reservation }) => reservation);
    try {
      await Promise.all([
        openWork.note(openName(bundle), requestId),
        persons.add(email, 'reservation', reservations, requestId, once),
      ]);
    } catch (error) {
      throw nothingChanged(error);
    }
  }

  async #begin({ bundle, plan, sinceMs, requestId }: Running, askedMs: number | undefined): Promise<Beginning> {
    const { registers, random } = this.#dependencies;
    const change = { id: newToken(random), decide: beginning(bundle, sinceMs, itemsOf(plan)) };
    return registers.change(bundleKey(bundle), change, { requestId, askedMs });
  }

  /** Marks all holds, the first before the others: of those who want the same, the one who gets it goes on. */
  async #mark(running: Running): Promise<readonly BundleRefusal[]> {
    const [first, ...others] = markingsOf(running.plan);
    if (first === undefined) return [];
    const refusal = await this.#markOne(running, first);
    if (refusal !== undefined) return [refusal, ...(await this.#alsoTaken(running, others))];
    const refusals = await mapParallel(others, (marking) => this.#markOne(running, marking));
    return refusals.filter((one) => one !== undefined);
  }

  async #markOne(running: Running, { item, take, leave }: Marking): Promise<BundleRefusal | undefined> {
    const { items } = this.#dependencies;
    const { bundle, plan, requestId, sinceMs } = running;
    if (take === undefined) {
      const left = await items.changeHold(item, leaving(leave, bundle), requestId);
      if (left.type === 'leaving') return undefined;
      return { item, reason: left.type === 'marked' ? 'busy' : left.type };
    }
    const { reservation } = take;
    const { email, expiresAtMs } = plan;
    const mark = { bundle, effect: 'take' } as const;
    const wanted = { reservation, email, sinceMs, expiresAtMs, mark };
    const taken = await items.claim(item, wanted, { requestId });
    switch (taken.type) {
      case 'claimed':
        return undefined;
      case 'missing':
        return { item, reason: 'missing' };
      case 'held':
        return { item, reason: taken.holder.reservation === reservation ? 'ours' : 'taken' };
      default:
        return taken satisfies never;
    }
  }

  /** Those of the other items that are held as well, so that the answer names them. */
  async #alsoTaken({ requestId }: Running, markings: readonly Marking[]): Promise<readonly BundleRefusal[]> {
    const { items } = this.#dependencies;
    const refusals = await mapParallel(markings, async ({ item, take }): Promise<BundleRefusal | undefined> => {
      if (take === undefined) return undefined;
      const found = await items.look(item, requestId);
      if (found === undefined) return { item, reason: 'missing' };
      return found.item.holder === null ? undefined : { item, reason: 'taken' };
    });
    return refusals.filter((one) => one !== undefined);
  }

  async #commit(running: Running): Promise<Made> {
    const { fates } = this.#dependencies;
    const { bundle, plan, sinceMs, requestId } = running;
    const { email, expiresAtMs, once, fingerprint = once?.fingerprint ?? '' } = plan;
    const made = { sinceMs, expiresAtMs, email, fingerprint };
    // Committed or not, an unknown outcome is left to the sweepers: undoing it here could win against a success.
    const fate = await this.#orUndo(running, () => fates.commit(bundle, made, requestId), ['OUTCOME_UNKNOWN']);
    if (fate !== 'committed') {
      await this.#undo(running);
      throw new StoreError('QUORUM_NOT_MET', 'it took too long and was undone; nothing was changed');
    }
    const isSettled = await this.#attempt(() => this.#takeMarksOff(bundle, itemsOf(plan), 'committed', requestId));
    if (isSettled) this.#dependencies.background.run(openName(bundle), () => this.#close(bundle, requestId));
    return made;
  }

  async #orUndo<T>(running: Running, work: () => Promise<T>, leaveTo: readonly string[] = []): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreError) || leaveTo.includes(error.code)) throw error;
      await this.#undo(running);
      throw nothingChanged(error);
    }
  }

  /** Undoes the bundle. What fails is left to the sweepers: nobody else will commit it. */
  async #undo(running: Running): Promise<void> {
    const { bundle, plan, requestId } = running;
    await this.#attempt(async () => {
      const fate = await this.#dependencies.fates.undo(bundle, requestId);
      // Its beginning may be on its way yet: the entry stays, for the sweepers to look again.
      if (fate === 'absent') return;
      await this.#takeMarksOff(bundle, itemsOf(plan), fate === 'committed' ? fate : 'undone', requestId);
      await this.#close(bundle, requestId);
    });
  }

  /** For what others finish when it fails; whether it did not. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return false;
    }
  }

  async #close(bundle: string, requestId: string): Promise<void> {
    await this.#remove(bundle, requestId);
    await this.#dependencies.openWork.strike(openName(bundle), requestId);
  }

  /** Only once no mark stands that counts: until then the register must say what it means. */
  async #remove(bundle: string, requestId: string): Promise<void> {
    const { registers, random } = this.#dependencies;
    await registers.change(bundleKey(bundle), { id: newToken(random), decide: removal(bundle) }, { requestId });
  }

  async #takeMarksOff(
    bundle: string,
    items: readonly string[],
    cameTo: 'committed' | 'undone',
    requestId: string,
  ): Promise<void> {
    await mapParallel(items, (item) => this.#dependencies.items.takeMarkOff(item, bundle, cameTo, requestId));
  }
}

function openName(bundle: string): string {
  return `bundle:${bundle}`;
}

function markingsOf({ takes, leaves }: BundlePlan): readonly Marking[] {
  const markings: Marking[] = [
    ...takes.map((take) => ({ item: take.item, take })),
    ...leaves.map((leave) => ({ item: parseReservationId(leave.reservation)?.item ?? '', leave })),
  ];
  return markings.toSorted((a, b) => (a.item < b.item ? -1 : 1));
}

function itemsOf(plan: BundlePlan): readonly string[] {
  return markingsOf(plan).map(({ item }) => item);
}

/** The same error, told as one after which nothing has changed: no hold counts before the bundle is committed. */
function nothingChanged(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.code !== 'OUTCOME_UNKNOWN') return error;
  return new StoreError('QUORUM_NOT_MET', `nothing was changed: ${error.message}`);
}
