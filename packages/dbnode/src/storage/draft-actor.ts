/*
 * The name under which changes are drafted. Others may hold a draft that this node never comes to hold, and no dot is used
 * twice: so the name is good for as long as this process knows every draft that it made under it. It is drawn anew in each
 * process, whenever a draft is let go of, and when records were taken back that a disk did not take; only a stop that left no
 * draft open hands it on to the next process, or contexts would grow with each start.
 */
import type { Random } from '@trolley/cluster';
import { newIncarnation } from './identity.ts';
import type { IdentityStore } from './identity-store.ts';

/** The actor in the dots of drafts. */
export class DraftActor {
  readonly #identities: IdentityStore;
  readonly #random: Random;
  /** What is in use, or will be. */
  #incarnation: string | undefined;
  #isInUse = false;
  #takingOver: Promise<void> | undefined;

  constructor(identities: IdentityStore, random: Random) {
    this.#identities = identities;
    this.#random = random;
  }

  /** The name to use now; undefined when there is none yet: then nothing can be drafted. */
  get name(): string | undefined {
    if (!this.#isInUse) this.#begin();
    return this.#isInUse ? this.mayBe : undefined;
  }

  /** The name that is in use, or may come into use. */
  get mayBe(): string | undefined {
    const { nodeId, draftIncarnation } = this.#identities.identity;
    const incarnation = this.#incarnation ?? draftIncarnation;
    return incarnation === null ? undefined : `${nodeId}.${incarnation}`;
  }

  /** Others may hold dots of this name that are not known here any more: takes another. */
  replace(): void {
    if (!this.#isInUse) return;
    this.#isInUse = false;
    this.#incarnation = undefined;
  }

  /** Hands the name on to the next process; to be called when everything is on disk, no draft is open and nothing comes any more. */
  async handOn(): Promise<void> {
    await this.#takingOver;
    const draftIncarnation = this.#incarnation;
    if (draftIncarnation === undefined || !this.#isInUse) return;
    await this.#identities.update((identity) => ({ ...identity, draftIncarnation }));
  }

  #begin(): void {
    const { draftIncarnation } = this.#identities.identity;
    if (draftIncarnation !== null) {
      this.#takingOver ??= this.#takeOver(draftIncarnation).finally(() => (this.#takingOver = undefined));
    } else if (this.#takingOver === undefined) {
      this.#incarnation = newIncarnation(this.#random);
      this.#isInUse = true;
    }
  }

  /** First off the disk, then used: a crash in between must not leave it to the next process. */
  async #takeOver(draftIncarnation: string): Promise<void> {
    this.#incarnation = draftIncarnation;
    try {
      await this.#identities.update((identity) => ({ ...identity, draftIncarnation: null }));
      this.#isInUse = true;
    } catch {
      // The disk takes no writes: nothing is drafted until it does.
    }
  }
}
