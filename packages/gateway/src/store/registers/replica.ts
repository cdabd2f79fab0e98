/*
 * The replicas of a register as a proposer sees them: whom to ask, and how many of them make a majority. A port: nodes
 * stand behind it (node-replicas.ts), or what a test puts there.
 */
import type { AcceptResult, PrepareResult } from '@trolley/cluster';
import type { Ballot, Proposal } from '@trolley/records';
import type { ReplicaSet } from '../quorum.ts';

/** What a replica holds. */
export interface ReadAnswer {
  /** `NO_BALLOT` when nothing was accepted. */
  readonly accepted: Ballot;
  readonly value: string | null;
  /** Whether the replica accepted it and lost nothing: only then does its word count towards a majority. */
  readonly isVote: boolean;
}

/** What travels with each call. */
interface CallOptions {
  /** The epoch under which the replicas were found; a prepare or an accept is not sent under another. */
  readonly epoch: number;
  readonly requestId: string;
}

/** One replica. Every call rejects with a NodeCallError when no answer is to be had, within bounded time. */
export interface Replica {
  readonly id: string;
  prepare(key: string, ballot: Ballot, options: CallOptions): Promise<PrepareResult>;
  accept(key: string, proposal: Proposal, options: CallOptions): Promise<AcceptResult>;
  read(key: string, options: CallOptions): Promise<ReadAnswer>;
}

/** The replicas of a register by one map. */
export interface ReplicaGroup {
  readonly epoch: number;
  /** All that should hold the register. */
  readonly nodes: readonly string[];
  /** Strict majorities: of the owners, and of the owners before while data moves. */
  readonly majorities: readonly ReplicaSet[];
  /** Those to ask. */
  readonly replicas: readonly Replica[];
}
