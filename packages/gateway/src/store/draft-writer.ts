/*
 * The short way of a change: the coordinator drafts it, and the other replicas adopt the draft unless they have seen what it
 * has not. So the draft was made of no less than a read quorum knows, and nobody had to be asked before. As with the long
 * way concurrent changes line up at the coordinator, which builds one draft upon the other. Nothing is on any disk before it is
 * adopted; where anything is unusual nothing is drafted, and the long way decides.
 */
import { NodeCallError, type WithdrawnDraft, type WithdrawOutcome } from '@trolley/cluster';
import type { RecordText } from '@trolley/records';
import type { AskedChange, ChangeProgress } from './asked-change.ts';
import type { Peer } from './peers.ts';
import type { StoreContext } from './store-context.ts';
import { targetsOf, type Targets } from './targets.ts';
import { offerDraft, type DraftOffer } from './write-back.ts';

/** A draft that was adopted. */
export interface AdoptedDraft {
  readonly record: RecordText;
  readonly targets: Targets;
  /**
   * Who has it on disk: a write quorum, or all that can be had. Nobody where only the coordinator holds it, by what
   * contains it: it is to be sent to all then.
   */
  readonly holders: ReadonlySet<string>;
}

/** A coordinator lets go of a draft half a second after it made it; by then nobody must adopt it any more. */
const OFFERED_WITHIN_MS = 400;

/** While another draft is built upon one that nobody took, it is looked again and again what becomes of that. */
const WITHDRAW_LOOKS_MAX = 30;
const WITHDRAW_LOOK_MS = 10;

/** How long to look for a draft whose text did not come. */
const LOST_LOOK_MS = 300;

const LOST = Symbol('a draft that nobody was told of');

/** With more replicas a write quorum may leave out two, and one of these that adopts says nothing of the other. */
const REPLICAS_MAX = 3;

/** Makes changes the short way. */
export class DraftWriter {
  readonly #context: StoreContext;
  readonly #name: string;
  #count = 0;

  /** @param name of this process of a gateway; no other has the same */
  constructor(context: StoreContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /**
   * Resolves to what was adopted; undefined when nobody is known to hold it, so that the change is to be made the long way.
   * What may be held all the same is noted in the progress.
   */
  async change(asked: AskedChange, progress: ChangeProgress): Promise<AdoptedDraft | undefined> {
    const targets = targetsOf(asked.key, this.#context.map(), this.#context.peers, asked.options);
    const coordinator = this.#coordinator(asked, targets);
    if (coordinator === undefined) return undefined;
    const { clock } = this.#context;
    const id = this.#nextId();
    const askedAtMs = clock.monotonicMs();
    const record = await this.#draft(coordinator, id, asked, targets.epoch);
    if (record === undefined) return undefined;
    if (record === LOST) return this.#withdrawLost(id, asked, targets, coordinator, progress);
    const withinMs = OFFERED_WITHIN_MS - (clock.monotonicMs() - askedAtMs);
    const offer = { coordinator, madeUnder: targets.epoch, withinMs };
    const offered = withinMs > 0 ? await this.#offer(asked, targets, offer, record) : NOT_OFFERED;
    if (offered.holders.size > 0) return { record, targets, holders: offered.holders };
    progress.maybeDone ||= offered.isUncertain;
    const fate = await this.#withdraw({ id, record }, asked, coordinator);
    if (fate?.type === 'held') return { record, targets, holders: NOBODY };
    progress.maybeDone ||= fate === undefined;
    progress.drafted = record;
    return undefined;
  }

  #nextId(): string {
    this.#count += 1;
    return `${this.#name}-${this.#count.toString(36)}`;
  }

  /** The draft, or undefined when there is none; LOST when there may be one that nobody was told of. */
  async #draft(
    { client }: Peer,
    id: string,
    { key, change, options }: AskedChange,
    epoch: number,
  ): Promise<RecordText | undefined | typeof LOST> {
    try {
      return await client.draft(key, id, change, epoch, options.requestId);
    } catch (error) {
      if (!(error instanceof NodeCallError)) throw error;
      return error.maybeDone ? LOST : undefined;
    }
  }

  /**
   * A draft whose text did not come here may become real by another that is built upon it. A coordinator that does not
   * answer soon is left alone: another makes the change then, as with any coordinator that fails midway.
   */
  async #withdrawLost(
    id: string,
    asked: AskedChange,
    targets: Targets,
    coordinator: Peer,
    progress: ChangeProgress,
  ): Promise<AdoptedDraft | undefined> {
    const late = new Promise<undefined>((resolve) => {
      this.#context.clock.after(LOST_LOOK_MS, () => resolve(undefined));
    });
    const fate = await Promise.race([this.#withdraw({ id }, asked, coordinator), late]);
    if (fate?.type === 'held') return { record: fate.record, targets, holders: NOBODY };
    progress.maybeDone ||= fate === undefined;
    return undefined;
  }

  /** Gives up a draft that nobody took; resolves to what came of it, undefined when that cannot be told in time. */
  async #withdraw(
    draft: WithdrawnDraft,
    { key, options }: AskedChange,
    { client }: Peer,
  ): Promise<WithdrawOutcome | undefined> {
    const { clock } = this.#context;
    for (let look = 1; look <= WITHDRAW_LOOKS_MAX; look += 1) {
      const outcome = await client.withdraw(key, draft, options.requestId).catch(() => undefined);
      if (outcome?.type !== 'built-upon') return outcome;
      await new Promise<void>((resolve) => void clock.after(WITHDRAW_LOOK_MS, resolve));
    }
    return undefined;
  }

  /** Who is to draft; undefined when the long way is to be taken. */
  #coordinator({ key, options }: AskedChange, { nodes, peers, readSets }: Targets): Peer | undefined {
    if (options.r !== undefined || options.w !== undefined || readSets.length !== 1) return undefined;
    if (nodes.length < 2 || nodes.length > REPLICAS_MAX || peers.length !== nodes.length) return undefined;
    if (!peers.every(({ up, client }) => up && !client.failing)) return undefined;
    // After a change of the map the coordinator before may know more.
    return this.#context.handover.coordinatorBefore(key) === undefined ? peers[0] : undefined;
  }

  #offer({ key, options }: AskedChange, targets: Targets, offer: DraftOffer, text: RecordText) {
    const write = {
      key,
      text,
      requestId: options.requestId,
      peers: targets.peers.filter((peer) => peer !== offer.coordinator),
      sets: targets.writeSets,
      owners: [],
      holders: [],
    };
    return offerDraft(this.#context, write, offer);
  }
}

const NOBODY: ReadonlySet<string> = new Set();

const NOT_OFFERED = { holders: NOBODY, isUncertain: false };
