/*
 * A register: what a key holds that only one may change at a time. Changed by CASPaxos (Rystsov, "CASPaxos: Replicated
 * State Machines without logs", 2018); this is what one acceptor remembers of one register. The types only.
 */

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
}
