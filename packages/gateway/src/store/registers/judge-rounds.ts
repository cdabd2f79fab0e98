/*
 * What the answers of a round mean. Pure. A round is won by a strict majority of each list of owners, and lost as soon
 * as those that have not answered yet could not make one.
 */
import type { AcceptResult, PrepareResult } from '@trolley/cluster';
import { compareBallots, NO_BALLOT, type Ballot } from '@trolley/records';
import { quorumMet, type ReplicaSet } from '../quorum.ts';
import type { ReadAnswer } from './replica.ts';
import type { Answer, RoundState } from './run-round.ts';

/** What was accepted, by what a majority told. */
export interface Accepted {
  readonly ballot: Ballot;
  readonly value: string | null;
}

/** Why there was no majority. */
export interface LostRound {
  readonly type: 'lost';
  /** Outbid: another proposer was in the way. Stale: the map is about to change. The others: there are too few replicas. */
  readonly reason: 'outbid' | 'stale-epoch' | 'read-only' | 'unreachable';
  /** The highest counter that stood in the way; 0 when none did. */
  readonly counter: number;
  /** Some replica may have done what it was asked. */
  readonly maybeDone: boolean;
  /** For people: what each said. */
  readonly detail: string;
}

/** How a prepare ended: with promises, and the newest that was accepted by any of those who promised. */
export type PrepareVerdict = { readonly type: 'promised'; readonly accepted: Accepted } | LostRound;

/** How an accept ended. */
export type AcceptVerdict = { readonly type: 'committed' } | LostRound;

/** How a read ended: a majority accepted the same and nothing newer, or not all said the same. */
export type ReadVerdict =
  | { readonly type: 'agreed'; readonly accepted: Accepted }
  | { readonly type: 'differ' }
  | LostRound;

/** @returns undefined while it is open */
export function judgePrepare(
  majorities: readonly ReplicaSet[],
  state: RoundState<PrepareResult>,
): PrepareVerdict | undefined {
  const promises = answersOf(state).filter((answer) => answer[1].type === 'promised');
  const promised = new Set(promises.map(([id]) => id));
  if (!quorumMet(majorities, promised)) return lostOrOpen(majorities, state, promised);
  const accepted = promises.map(([, answer]) => acceptedBefore(answer)).reduce(newer, NOTHING);
  return { type: 'promised', accepted };
}

/** @returns undefined while it is open */
export function judgeAccept(
  majorities: readonly ReplicaSet[],
  state: RoundState<AcceptResult>,
): AcceptVerdict | undefined {
  const accepted = new Set(acceptorsOf(state.answers));
  if (quorumMet(majorities, accepted)) return { type: 'committed' };
  return lostOrOpen(majorities, state, accepted);
}

/** Those that accepted. */
export function acceptorsOf(answers: RoundState<AcceptResult>['answers']): readonly string[] {
  return [...answers].flatMap(([id, reply]) =>
    reply.type === 'answered' && reply.answer.type === 'accepted' ? [id] : [],
  );
}

/**
 * Equal accepted ballots mean equal values. The value is in force when a majority voted for it: any write decided
 * before would show at one of them, with a higher ballot. What a replica only heard of is no vote.
 *
 * @returns undefined while it is open
 */
export function judgeRead(majorities: readonly ReplicaSet[], state: RoundState<ReadAnswer>): ReadVerdict | undefined {
  const votes = answersOf(state).filter(([, { isVote }]) => isVote);
  const newest = votes.map(([, vote]) => ({ ballot: vote.accepted, value: vote.value })).reduce(newer, NOTHING);
  const agreeing = votes.filter(([, vote]) => compareBallots(vote.accepted, newest.ballot) === 0).map(([id]) => id);
  if (quorumMet(majorities, new Set(agreeing))) return { type: 'agreed', accepted: newest };
  if (quorumMet(majorities, new Set([...agreeing, ...state.outstanding]))) return undefined;
  // Also when few of them voted: who only heard of a write can still vote for the next one, which settles it. Nothing else
  // would ever make votes of hearsay.
  const answered = new Set(answersOf(state).map(([id]) => id));
  if (quorumMet(majorities, answered)) return { type: 'differ' };
  return lostOrOpen(majorities, state, answered);
}

type AnyAnswer = PrepareResult | AcceptResult | ReadAnswer;

const NOTHING: Accepted = { ballot: NO_BALLOT, value: null };

function newer(a: Accepted, b: Accepted): Accepted {
  return compareBallots(b.ballot, a.ballot) > 0 ? b : a;
}

function acceptedBefore(answer: PrepareResult): Accepted {
  if (answer.type !== 'promised' || answer.accepted === null) return NOTHING;
  return { ballot: answer.accepted, value: answer.value };
}

function answersOf<T>({ answers }: RoundState<T>): (readonly [id: string, answer: T])[] {
  return [...answers].flatMap(([id, reply]) => (reply.type === 'answered' ? [[id, reply.answer] as const] : []));
}

function lostOrOpen(
  majorities: readonly ReplicaSet[],
  state: RoundState<AnyAnswer>,
  inFavour: ReadonlySet<string>,
): LostRound | undefined {
  if (quorumMet(majorities, new Set([...inFavour, ...state.outstanding]))) return undefined;
  return {
    type: 'lost',
    reason: reasonOf(majorities, state, inFavour),
    counter: Math.max(0, ...answersOf(state).map(([, answer]) => ('ballot' in answer ? answer.ballot[0] : 0))),
    maybeDone: inFavour.size > 0 || state.outstanding.size > 0 || [...state.answers.values()].some(isMaybeDone),
    detail: describe(state),
  };
}

/** An outbid may answer a message that came twice, after the first one was accepted and then overtaken. */
function isMaybeDone(reply: Answer<AnyAnswer>): boolean {
  if (reply.type === 'failed') return reply.error.maybeDone;
  return 'ballot' in reply.answer;
}

function reasonOf(
  majorities: readonly ReplicaSet[],
  { answers }: RoundState<AnyAnswer>,
  inFavour: ReadonlySet<string>,
): LostRound['reason'] {
  const failedWith = (code: string) =>
    [...answers].flatMap(([id, reply]) => (reply.type === 'failed' && reply.error.code === code ? [id] : []));
  if (failedWith('STALE_EPOCH').length > 0) return 'stale-epoch';
  const isOutbid = [...answers.values()].some((reply) => reply.type === 'answered' && 'ballot' in reply.answer);
  if (isOutbid) return 'outbid';
  return quorumMet(majorities, new Set([...inFavour, ...failedWith('READ_ONLY')])) ? 'read-only' : 'unreachable';
}

function describe({ answers, outstanding }: RoundState<AnyAnswer>): string {
  const said = [...answers].map(
    ([id, reply]) => `${id}: ${reply.type === 'failed' ? reply.error.message : wordFor(reply.answer)}`,
  );
  return [...said, ...[...outstanding].map((id) => `${id}: no answer yet`)].join('; ') || 'no replica can be asked';
}

function wordFor(answer: AnyAnswer): string {
  if ('isVote' in answer) return answer.isVote ? 'answered' : 'lost data, or only heard of it';
  return answer.type === 'no-vote' ? 'lost data and has no vote until it has caught up' : answer.type;
}
