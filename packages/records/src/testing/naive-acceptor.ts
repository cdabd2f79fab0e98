/*
 * An acceptor told as the paper tells it: lists of all promises made, of all values voted for and of all values heard of,
 * each looked through anew. Slow and plain on purpose; the real one is checked against it. Uses none of the code that it
 * checks.
 */
import type { Ballot, Register } from '../register.ts';

interface Told {
  readonly ballot: Ballot;
  readonly value: string | null;
}

/** All that an acceptor ever did. */
export interface NaiveAcceptor {
  readonly promises: readonly Ballot[];
  readonly votes: readonly Told[];
  readonly hearsay: readonly Told[];
}

export const naiveEmpty: NaiveAcceptor = { promises: [], votes: [], hearsay: [] };

/** @returns undefined when it refuses; likewise the others */
export function naivePrepare(acceptor: NaiveAcceptor, ballot: Ballot, floor: number): NaiveAcceptor | undefined {
  if (ballot[0] <= floor || bound(acceptor).some((other) => !isBelow(other, ballot))) return undefined;
  return { ...acceptor, promises: [...acceptor.promises, ballot] };
}

export function naiveAccept(
  acceptor: NaiveAcceptor,
  ballot: Ballot,
  value: string | null,
  next: Ballot | null,
  floor: number,
): NaiveAcceptor | undefined {
  const promises = next === null ? acceptor.promises : [...acceptor.promises, next];
  const last = newest(acceptor);
  const isVote = acceptor.votes.some((vote) => isSame(vote.ballot, ballot));
  if (last !== undefined && isSame(last.ballot, ballot) && isVote) return { ...acceptor, promises };
  if (ballot[0] <= floor || bound(acceptor).some((other) => isBelow(ballot, other))) return undefined;
  return { ...acceptor, promises, votes: [...acceptor.votes, { ballot, value }] };
}

export function naiveHear(acceptor: NaiveAcceptor, ballot: Ballot, value: string | null, floor: number): NaiveAcceptor {
  const last = newest(acceptor);
  if (last !== undefined && !isBelow(last.ballot, ballot)) return acceptor;
  const voting = naiveAccept(acceptor, ballot, value, null, floor);
  return voting ?? { ...acceptor, hearsay: [...acceptor.hearsay, { ballot, value }] };
}

/** Whether a real register is what the model says. */
export function isNaive(register: Register, acceptor: NaiveAcceptor): boolean {
  const last = newest(acceptor);
  const [top = [0, ''] as const] = bound(acceptor).toSorted((a, b) => (isBelow(a, b) ? 1 : -1));
  const isVote = last === undefined || acceptor.votes.some(({ ballot }) => isSame(ballot, last.ballot));
  return (
    isSame(register.accepted, last?.ballot ?? [0, '']) &&
    register.value === (last?.value ?? null) &&
    isSame(register.promised, top) &&
    register.heard === !isVote
  );
}

/** All ballots below which nothing may be accepted: promises, votes, and what was heard of. */
function bound({ promises, votes, hearsay }: NaiveAcceptor): readonly Ballot[] {
  return [...promises, ...[...votes, ...hearsay].map(({ ballot }) => ballot)];
}

function newest({ votes, hearsay }: NaiveAcceptor): Told | undefined {
  return [...votes, ...hearsay].toSorted((a, b) => (isBelow(a.ballot, b.ballot) ? 1 : -1))[0];
}

function isBelow([a, x]: Ballot, [b, y]: Ballot): boolean {
  return a < b || (a === b && x < y);
}

function isSame([a, x]: Ballot, [b, y]: Ballot): boolean {
  return a === b && x === y;
}
