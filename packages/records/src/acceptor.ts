/*
 * What an acceptor of a register does (CASPaxos, Rystsov 2018, section 2.2). Pure: whoever calls this has the outcome
 * on disk before it answers.
 *
 * `floor` stands for promises that the acceptor no longer knows one by one: it takes part in no ballot whose counter is not
 * above it.
 */
import { compareBallots, NO_BALLOT, type Ballot, type Register } from './register.ts';

/** What became of a `prepare`. */
export type PrepareOutcome =
  | { readonly type: 'promised'; readonly register: Register }
  /** The ballot that was promised before, or one with the counter of the floor. */
  | { readonly type: 'outbid'; readonly ballot: Ballot };

/** A value under a ballot. */
export interface Proposal {
  readonly ballot: Ballot;
  /** JSON text; null releases the register. */
  readonly value: string | null;
  /** A later ballot of the same proposer, promised along with it; null for none. */
  readonly next: Ballot | null;
}

/** What became of an `accept`. */
export type AcceptOutcome =
  | { readonly type: 'accepted'; readonly register: Register }
  | { readonly type: 'outbid'; readonly ballot: Ballot }
  /** Another value was accepted under this very ballot: a proposer that breaks the rules. */
  | { readonly type: 'ballot-reused' };

/**
 * Promises to accept nothing below the ballot. Not when the same ballot was promised before: one promise stands for one
 * attempt, and a second one that came to see other values would be an attempt of its own.
 */
export function prepare(register: Register, ballot: Ballot, floor: number): PrepareOutcome {
  const bar = barOf(register, floor);
  if (compareBallots(ballot, bar) <= 0 || ballot[0] <= floor) return { type: 'outbid', ballot: bar };
  return { type: 'promised', register: { ...register, promised: ballot } };
}

/**
 * Accepts a value, unless a higher ballot was promised meanwhile. That raises the promise to the ballot, or to `next`: an
 * acceptor that missed the prepare must not accept anything older afterwards.
 */
export function accept(register: Register, { ballot, value, next }: Proposal, floor: number): AcceptOutcome {
  const isRepeated = !register.heard && compareBallots(ballot, register.accepted) === 0;
  if (isRepeated && value !== register.value) return { type: 'ballot-reused' };
  const bar = barOf(register, floor);
  // What was accepted once is told once more, also under a promise made since, such as the `next` that came with it.
  if (!isRepeated && (compareBallots(ballot, bar) < 0 || ballot[0] <= floor)) return { type: 'outbid', ballot: bar };
  const promised = highest(register.promised, ballot, next ?? ballot);
  return { type: 'accepted', register: { accepted: ballot, value, promised, heard: false } };
}

/**
 * Learns what another replica accepted: the same as an `accept` that comes late, when that may still be accepted, and else
 * hearsay. It must not count as a vote then: the proposer of the higher ballot that was promised may know nothing of it,
 * and would be about to replace what others, counting this replica, took for decided. It must be kept all the same:
 * replicas that take over from others learn in this way alone what was decided.
 *
 * Takes over no promise: that was given by the other replica, to whoever asked it.
 *
 * @returns the very register when that knows as much already
 */
export function hear(register: Register, { accepted, value }: Register, floor: number): Register {
  if (compareBallots(accepted, register.accepted) <= 0) return register;
  const isVote = compareBallots(accepted, barOf(register, floor)) >= 0 && accepted[0] > floor;
  return { accepted, value, promised: highest(register.promised, accepted), heard: !isVote };
}

/** What stands in the way of lower ballots: the promise, or what the floor stands for. */
function barOf({ promised }: Register, floor: number): Ballot {
  return promised[0] >= floor ? promised : [floor, NO_BALLOT[1]];
}

function highest(...ballots: readonly Ballot[]): Ballot {
  return ballots.reduce((a, b) => (compareBallots(a, b) >= 0 ? a : b));
}
