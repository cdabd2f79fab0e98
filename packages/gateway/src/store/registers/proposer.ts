/*
 * One attempt at changes to one register (CASPaxos, Rystsov 2018, section 2.2): prepare, decide, accept; or the accept
 * alone where the promise that came with the last write still stands. Whoever calls this repeats it until it comes to
 * something, and never for one register twice at a time.
 *
 * Nothing is told to anyone before a majority accepted what it is based on, not even that nothing is to be changed:
 * what a prepare shows may be a write that is on its way, and that never comes to anything.
 */
import type { Ballot } from '@trolley/records';
import type { RegisterChange, RegisterValue } from '../../registers.ts';
import { Ballots } from './ballots.ts';
import { decodeEnvelope, encodeEnvelope, type Envelope } from './envelope.ts';
import type { Accepted, LostRound } from './judge-rounds.ts';
import { KnownRegisters, type KnownRegister } from './known-registers.ts';
import { planChanges, type Plan } from './plan-changes.ts';
import type { RegisterContext } from './register-context.ts';
import { acceptRound, prepareRound, readRound, type Subject } from './rounds.ts';

/** One who asks for a change. */
export interface Asked {
  /** Undefined: only wants what is under way brought to an end. */
  readonly change: RegisterChange<RegisterValue> | undefined;
  readonly requestId: string;
  /** A write with this change in it may have been accepted somewhere, or may still be. Set before it is sent. */
  maybeDone: boolean;
  /** Has been told what became of it, and must not be made any more: it may have been that nothing was changed. */
  readonly isOver: boolean;
}

/** What an attempt came to. */
export type Attempt =
  /** A majority agrees to the plan, under that ballot. */
  { readonly type: 'settled'; readonly plan: Plan; readonly accepted: Ballot } | LostRound;

/** Changes registers. */
export class Proposer {
  readonly #context: RegisterContext;
  readonly #ballots: Ballots;
  readonly #known = new KnownRegisters();

  constructor(context: RegisterContext) {
    this.#context = context;
    this.#ballots = new Ballots(context.proposer);
  }

  /** Tries once to make these changes, in this order. @throws StoreError NO_CLUSTER_MAP */
  async attempt(key: string, asked: readonly Asked[]): Promise<Attempt> {
    const [first] = asked;
    const subject = { key, group: this.#context.replicasOf(key), requestId: first?.requestId ?? '' };
    return (await this.#fromWhatIsKnown(subject, asked)) ?? this.#fromPrepare(subject, asked);
  }

  /** What a majority holds, by its own word and without a write; undefined when it does not agree. */
  async read(subject: Subject): Promise<Accepted | LostRound | undefined> {
    const verdict = await readRound(this.#context, subject);
    switch (verdict.type) {
      case 'agreed':
        this.#ballots.saw(verdict.accepted.ballot[0]);
        return verdict.accepted;
      case 'differ':
        return undefined;
      case 'lost':
        return verdict;
      default:
        return verdict satisfies never;
    }
  }

  /** Undefined when a prepare is needed. */
  async #fromWhatIsKnown(subject: Subject, asked: readonly Asked[]): Promise<Attempt | undefined> {
    const known = this.#known.get(subject.key);
    if (known === undefined) return undefined;
    const plan = this.#plan(known.envelope, asked);
    if (!plan.isWrite && asked.every(canBeTold)) return this.#fromRead(subject, asked, known);
    const { promise } = known;
    if (promise === undefined || promise.epoch !== subject.group.epoch) return undefined;
    const attempt = await this.#accept(subject, asked, { plan, ballot: promise.ballot });
    if (attempt.type === 'settled') {
      this.#context.metrics.registerCommit('one-round-trip');
      return attempt;
    }
    // Outbid by another gateway: its value must be seen first.
    return attempt.reason === 'outbid' ? undefined : attempt;
  }

  /** Nothing is to be written if what is known is still in force, which a read tells and needs no disk for. */
  async #fromRead(subject: Subject, asked: readonly Asked[], known: KnownRegister): Promise<Attempt | undefined> {
    const read = await this.read(subject);
    const isUsable = read !== undefined && !('type' in read) && this.#context.epoch() === subject.group.epoch;
    if (!isUsable) {
      this.#known.forget(subject.key);
      return undefined;
    }
    const isAsKnown = read.ballot[0] === known.accepted[0] && read.ballot[1] === known.accepted[1];
    const now = isAsKnown ? known : { accepted: read.ballot, envelope: decodeEnvelope(read.value), promise: undefined };
    this.#known.set(subject.key, now);
    const plan = this.#plan(now.envelope, asked);
    return plan.isWrite ? undefined : { type: 'settled', plan, accepted: read.ballot };
  }

  async #fromPrepare(subject: Subject, asked: readonly Asked[]): Promise<Attempt> {
    this.#known.forget(subject.key);
    const ballot = this.#ballots.fresh();
    const verdict = await prepareRound(this.#context, subject, ballot);
    if (verdict.type === 'lost') return this.#lost(verdict);
    this.#ballots.saw(verdict.accepted.ballot[0]);
    const plan = this.#plan(decodeEnvelope(verdict.accepted.value), asked);
    const attempt = await this.#accept(subject, asked, { plan, ballot });
    if (attempt.type === 'settled') this.#context.metrics.registerCommit('prepared');
    return attempt;
  }

  async #accept(
    subject: Subject,
    asked: readonly Asked[],
    { plan, ballot }: { readonly plan: Plan; readonly ballot: Ballot },
  ): Promise<Attempt> {
    // A ballot is for one accept round: whatever comes of it, this one is used up.
    this.#known.forget(subject.key);
    const written = asked.filter((_, index) => plan.outcomes[index]?.type === 'written');
    const inDoubtBefore = written.filter(({ maybeDone }) => maybeDone);
    for (const each of written) each.maybeDone = true;
    const next = this.#ballots.after(ballot);
    const proposal = { ballot, value: encodeEnvelope(plan.envelope), next };
    const verdict = await acceptRound(this.#context, subject, proposal);
    if (verdict.type === 'lost') {
      for (const each of written) each.maybeDone = verdict.maybeDone || inDoubtBefore.includes(each);
      return this.#lost(verdict);
    }
    const promise = { ballot: next, epoch: subject.group.epoch };
    this.#known.set(subject.key, { accepted: ballot, envelope: plan.envelope, promise });
    return { type: 'settled', plan, accepted: ballot };
  }

  #plan(envelope: Envelope, asked: readonly Asked[]): Plan {
    return planChanges(
      envelope,
      asked.map(({ change, isOver }) => (isOver ? undefined : change)),
      this.#context.proposer,
    );
  }

  #lost(round: LostRound): LostRound {
    this.#ballots.saw(round.counter);
    return round;
  }
}

/**
 * Whether it is enough to see that nothing is to be changed. One whose write may be on its way has to have it stopped,
 * by a write with a higher ballot: it could still be taken up by somebody who finds it.
 */
function canBeTold({ change, maybeDone }: Asked): boolean {
  return change !== undefined && !maybeDone;
}
