/*
 * A register: what a key holds that only one may change at a time. Changed by CASPaxos (Rystsov, "CASPaxos: Replicated
 * State Machines without logs", 2018); this is what one acceptor remembers of one register, and the order of ballots.
 */
import { byCodeUnit } from './order.ts';

/**
 * Orders the attempts to change a register: by counter, then by proposer in code unit order. A proposer is one
 * incarnation of a gateway, and never puts two values under one ballot.
 */
export type Ballot = readonly [counter: number, proposer: string];

/** What an acceptor remembers of one register. */
export interface Register {
  /** The newest ballot that was accepted; `NO_BALLOT` when none was. */
  readonly accepted: Ballot;
  /** The JSON text that was accepted under it; null when nothing was, or when the register was released. */
  readonly value: string | null;
  /** Nothing below this ballot is accepted any more. Never below `accepted`. */
  readonly promised: Ballot;
  /**
   * Another replica accepted it and this one only heard of it, too late to accept it too: it had promised a higher ballot.
   * Proposers are told of it like of anything accepted, but it is no vote: whoever counts a majority of replicas that
   * accepted a ballot must not count this one.
   */
  readonly heard: boolean;
}

/** Comes before every ballot. */
export const NO_BALLOT: Ballot = [0, ''];

/** A register that nobody has touched. */
export const emptyRegister: Register = { accepted: NO_BALLOT, value: null, promised: NO_BALLOT, heard: false };

/** Negative when a comes first, 0 when they are the same ballot, positive when b comes first. */
export function compareBallots(a: Ballot, b: Ballot): number {
  return a[0] - b[0] || byCodeUnit(a[1], b[1]);
}
