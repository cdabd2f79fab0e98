/*
 * What a proposer knows of the registers that it used last: the value that it saw, and the promise that its last write
 * had made for the next one. Bounded: what was not used for longest is forgotten, and costs a round trip.
 *
 * A promise is good for one write. Whoever uses it takes it away first, so that nothing that goes wrong afterwards can
 * leave it behind: a proposer that keeps it after a write that failed writes a second value under one ballot, or over
 * one that it has not seen.
 */
import { RecentMap } from '@trolley/cluster';
import type { Ballot } from '@trolley/records';
import type { Envelope } from './envelope.ts';

/** Registers to know; each holds about as much memory as its value. */
const KNOWN_MAX = 10_000;

/** Under which ballot the next value may be written without asking first. */
interface CachedPromise {
  readonly ballot: Ballot;
  /** The epoch of the map by whose owners it was made: those of another have promised nothing. */
  readonly epoch: number;
}

/** What is known of one register. */
export interface KnownRegister {
  /** The newest ballot that was accepted, as far as is known. */
  readonly accepted: Ballot;
  readonly envelope: Envelope;
  /** Undefined: the envelope is good for a guess only. */
  readonly promise: CachedPromise | undefined;
}

/** Remembers registers by key. */
export class KnownRegisters {
  readonly #registers: RecentMap<KnownRegister>;

  constructor(max: number = KNOWN_MAX) {
    this.#registers = new RecentMap(max);
  }

  get(key: string): KnownRegister | undefined {
    return this.#registers.get(key);
  }

  set(key: string, register: KnownRegister): void {
    this.#registers.set(key, register);
  }

  forget(key: string): void {
    this.#registers.delete(key);
  }
}
