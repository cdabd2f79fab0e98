/*
 * The name under which changes are drafted. Others may hold a draft that this node never comes to hold, and no dot is used
 * twice: so the name is good for as long as this process knows every draft that it made under it. It is drawn anew in each
 * process, for a key of which a draft was let go of, and for all when records were taken back that a disk
 * did not take; only a stop that left no draft in doubt hands it on to the next process, or contexts would grow with each start.
 */
import type { Random } from '@trolley/cluster';
import { newIncarnation } from './identity.ts';
import type { IdentityStore } from './identity-store.ts';

/** Keys with a name of their own; when there are more, all take another. */
const KEYS_MAX = 10_000;

/** The actor in the dots of drafts. */
export class DraftActor {
  readonly #identities: IdentityStore;
  readonly #random: Random;
  /** What is in use, or will be. */
  #incarnation: string | undefined;
  #isInUse = false;
  /** For keys of which drafts were let go: others may hold these, or look for them. */
  readonly #byKey = new Map<string, string>();
  #takingOver: Promise<void> | undefined;

  constructor(identities: IdentityStore, random: Random) {
    this.#identities = identities;
    this.#random = random;
  }

  /** The name to use for a key now; undefined when there is none yet: then nothing can be drafted. */
  nameFor(key: string): string | undefined {
    if (!this.#isInUse) this.#begin();
    if (!this.#isInUse) return undefined;
    return this.#byKey.get(key) ?? this.mayBe;
  }

  /** All names that are in use, or may come into use. */
  get names(): readonly string[] {
    const { mayBe } = this;
    return mayBe === undefined ? [] : [mayBe, ...this.#byKey.values()];
  }

  /** The name that is in use, or may come into use. */
  get mayBe(): string | undefined {
    const { nodeId, draftIncarnation } = this.#identities.identity;
    const incarnation = this.#incarnation ?? draftIncarnation;
    return incarnation === null ? undefined : `${nodeId}.${incarnation}`;
  }

  /** Others may hold, or look for, a draft of this key that is not known here any more: takes another name for it. */
  replaceFor(key: string): void {
    if (this.#byKey.size >= KEYS_MAX) this.replace();
    else this.#byKey.set(key, `${this.#identities.identity.nodeId}.${newIncarnation(this.#random)}`);
  }

  /** Others may hold dots, of whatever keys, that are not known here any more: takes another name for all. */
  replace(): void {
    this.#byKey.clear();
    if (!this.#isInUse) return;
    this.#isInUse = false;
    this.#incarnation = undefined;
  }

  /** Hands the name on to the next process; to be called when everything is on disk, no draft is open and nothing comes any more. */
  async handOn(): Promise<void> {
    await this.#takingOver;
    const draftIncarnation = this.#incarnation;
    if (draftIncarnation === undefined || !this.#isInUse || this.#byKey.size > 0) return;
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
