/*
 * The acceptor of this node's registers: decides on what is in memory, puts the outcome on its way to disk with no wait in
 * between, and answers when it is there. A node that may have forgotten promises of a placement group has no vote in it.
 */
import type { AcceptResult, PrepareResult } from '@trolley/cluster';
import {
  accept,
  decodeRegister,
  emptyRegister,
  encodeRegister,
  prepare,
  type Ballot,
  type Proposal,
  type Register,
} from '@trolley/records';
import { BallotReusedError } from '../engine.ts';
import type { EngineState } from './engine-state.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Held, RecordTable } from './record-table.ts';
import type { Upkeep } from './upkeep.ts';

/** What the acceptor works with. */
export interface RegisterAcceptorOptions {
  readonly table: RecordTable;
  readonly commit: GroupCommit;
  readonly state: EngineState;
  readonly upkeep: Upkeep;
}

/** Promises and accepts for one engine. */
export class RegisterAcceptor {
  readonly #options: RegisterAcceptorOptions;

  constructor(options: RegisterAcceptorOptions) {
    this.#options = options;
  }

  /** As `Engine.prepare`. */
  async prepare(key: string, ballot: Ballot): Promise<PrepareResult> {
    const { commit, state, table, upkeep } = this.#options;
    // Not in a function of its own: nothing may come between seeing that there is room and taking it.
    while (!commit.hasRoom) await commit.room();
    state.assertOpen();
    const pg = table.groupOf(key);
    if (upkeep.votelessGroups.has(pg)) return { type: 'no-vote' };
    const held = table.look(key);
    const register = registerOf(held);
    const outcome = prepare(register, ballot, upkeep.ballotFloor(pg));
    if (outcome.type === 'outbid') {
      await held.group?.durable;
      return outcome;
    }
    await commit.put(key, encodeRegister(outcome.register)).durable;
    const { accepted, value } = register;
    return { type: 'promised', accepted: accepted[0] === 0 ? null : accepted, value };
  }

  /** As `Engine.accept`. */
  async accept(key: string, proposal: Proposal): Promise<AcceptResult> {
    const { commit, state, table, upkeep } = this.#options;
    while (!commit.hasRoom) await commit.room();
    state.assertOpen();
    const pg = table.groupOf(key);
    if (upkeep.votelessGroups.has(pg)) return { type: 'no-vote' };
    const held = table.look(key);
    const outcome = accept(registerOf(held), proposal, upkeep.ballotFloor(pg));
    switch (outcome.type) {
      case 'ballot-reused':
        throw new BallotReusedError(`two values for ${key} under the ballot ${JSON.stringify(proposal.ballot)}`);
      case 'outbid':
        await held.group?.durable;
        return outcome;
      case 'accepted': {
        const text = encodeRegister(outcome.register);
        await (text === held.text ? held.group : commit.put(key, text))?.durable;
        return { type: 'accepted' };
      }
      default:
        return outcome satisfies never;
    }
  }
}

function registerOf({ text }: Held): Register {
  return text === undefined ? emptyRegister : decodeRegister(text);
}
