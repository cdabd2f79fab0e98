/*
 * The ballots of one proposer: one incarnation of a gateway. None is ever given out twice for one register, since two
 * values under one ballot would both be taken for decided. Tempting but wrong is to remember the last ballot of each
 * register: what is remembered of a register is bounded and forgotten, and a late message of a forgotten ballot is not.
 * So there is one counter for all registers. Having to catch up with another gateway's costs a round trip, once.
 */
import type { Ballot } from '@trolley/records';

/** Gives out ballots, each once. */
export class Ballots {
  readonly proposer: string;
  #highestCounter = 0;

  /** @param proposer names this incarnation of the gateway, in letters, digits, `.`, `_` and `-`; nobody else ever has it */
  constructor(proposer: string) {
    this.proposer = proposer;
  }

  /** A ballot above all that were given out and all counters that were seen. */
  fresh(): Ballot {
    this.#highestCounter += 1;
    return [this.#highestCounter, this.proposer];
  }

  /**
   * The ballot to have promised along with a write under `ballot`. It belongs to the same register, and is never a fresh
   * one of it.
   */
  after([counter]: Ballot): Ballot {
    this.saw(counter + 1);
    return [counter + 1, this.proposer];
  }

  /** Has fresh ballots go above this counter, which somebody used. */
  saw(counter: number): void {
    this.#highestCounter = Math.max(this.#highestCounter, counter);
  }
}
