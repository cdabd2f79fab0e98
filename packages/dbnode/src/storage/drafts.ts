/*
 * Drafts: what changes would make of records, told to gateways before anybody holds it. A draft becomes real when other
 * replicas adopt it, and comes back here as a merge. Until then it is kept beside the records, so that the next draft of the
 * key builds upon it and concurrent changes line up. One that does not come back is let go after a while: what was drafted
 * may be on others by then, so its dots must not come again.
 */
import { RecentMap, type Clock, type Timer } from '@trolley/cluster';
import { compareContextTexts, contextTextOf, type RecordText } from '@trolley/records';

/** How long a draft waits for its fate; offers of it have ended before. */
export const DRAFT_KEPT_MS = 500;

/** For how long whoever asked for the fate of drafts has the key to himself. */
const CLOSED_MS = 1_000;

/** Keys with drafts, drafts of a key, and characters of all of them; above these none is made. */
const KEYS_MAX = 10_000;
const CHAIN_MAX = 64;
const CHARACTERS_MAX = 64 * 1024 * 1024;

/** Drafts that are known to have become real. */
const SETTLED_MAX = 20_000;

/** What keeping drafts works with. */
export interface DraftsOptions {
  readonly clock: Clock;
  /** Called when drafts of a key are let go of: others may hold or look for their dots, which must not come again. */
  readonly onLetGo: (key: string) => void;
}

interface Draft {
  readonly id: string;
  readonly text: RecordText;
  readonly madeAtMs: number;
}

/** The drafts of a key that are open, each built upon the one before it. */
interface Chain {
  readonly drafts: Draft[];
  /** Until then no more are added, by the monotonic clock: somebody waits for their fate, to change the key next. */
  closedUntilMs: number;
}

/** The drafts of one process; nothing of them is on disk. */
export class Drafts {
  readonly #options: DraftsOptions;
  readonly #chains = new Map<string, Chain>();
  /** Keys and ids of drafts that became real. */
  readonly #settled = new RecentMap<true>(SETTLED_MAX);
  #count = 0;
  #characters = 0;
  #sweep: Timer | undefined;

  constructor(options: DraftsOptions) {
    this.#options = options;
  }

  /** Drafts whose fate is not known. */
  get count(): number {
    return this.#count;
  }

  /** Whether a draft of the key is open. */
  has(key: string): boolean {
    return this.#chainOf(key) !== undefined;
  }

  /**
   * What the next draft of a key is to be made of: the newest draft where it has seen all that is held, else what is held.
   * Undefined when there must be no draft now: something came in that the open drafts have not seen, or somebody waits for
   * their fate.
   */
  base(key: string, held: RecordText): RecordText | undefined {
    if (this.#chains.size >= KEYS_MAX || this.#characters >= CHARACTERS_MAX) return undefined;
    const chain = this.#chains.get(key);
    if (chain === undefined) return held;
    if (chain.drafts.length >= CHAIN_MAX) return undefined;
    if (chain.closedUntilMs > this.#options.clock.monotonicMs()) return undefined;
    const newest = chain.drafts.at(-1)?.text ?? held;
    return hasSeen(newest, held) ? newest : undefined;
  }

  /** Opens a draft, built upon what `base` said. */
  add(key: string, id: string, text: RecordText): void {
    const draft = { id, text, madeAtMs: this.#options.clock.monotonicMs() };
    const chain = this.#chains.get(key);
    if (chain === undefined) this.#chains.set(key, { drafts: [draft], closedUntilMs: -Infinity });
    else chain.drafts.push(draft);
    this.#count += 1;
    this.#characters += text.length;
    this.#planSweep();
  }

  /** Whether a record has seen every open draft of its key. */
  areSeenBy(key: string, text: RecordText): boolean {
    const newest = this.#chainOf(key)?.drafts.at(-1)?.text;
    return newest === undefined || hasSeen(text, newest);
  }

  /** The node holds this record now: drafts that it has seen have become real. */
  settle(key: string, text: RecordText): void {
    const chain = this.#chainOf(key);
    if (chain === undefined) return;
    // Nearly always it is the oldest, as it was told.
    const isOldest = chain.drafts[0]?.text === text;
    const last = isOldest ? 0 : chain.drafts.findLastIndex((draft) => hasSeen(text, draft.text));
    for (const { id } of this.#take(key, chain, 0, last + 1)) this.#settled.set(nameOf(key, id), true);
  }

  /** Whether a draft is known to have become real. */
  isSettled(key: string, id: string): boolean {
    return this.#settled.has(nameOf(key, id));
  }

  /** Records were taken back: what became real may not be so any more. */
  takenBack(): void {
    this.#settled.clear();
  }

  /**
   * Lets go of a draft, unless another was built upon it: then no more are. Its dots must not come again even where it was
   * never offered: who asked for it looks for them, to see whether it is held after all.
   *
   * @returns whether it is none any more
   */
  withdraw(key: string, id: string): boolean {
    const chain = this.#chains.get(key);
    const index = chain?.drafts.findIndex((draft) => draft.id === id) ?? -1;
    if (chain === undefined || index === -1) return true;
    if (index < chain.drafts.length - 1) {
      this.close(key);
      return false;
    }
    this.#take(key, chain, index, 1);
    this.#options.onLetGo(key);
    return true;
  }

  /** Keeps others from being opened for a while, if any of the key is open. @returns whether one is */
  close(key: string): boolean {
    const chain = this.#chainOf(key);
    if (chain === undefined) return false;
    chain.closedUntilMs = this.#options.clock.monotonicMs() + CLOSED_MS;
    return true;
  }

  /** Lets go of everything. */
  stop(): void {
    this.#sweep?.cancel();
    this.#chains.clear();
    this.#count = 0;
    this.#characters = 0;
  }

  /** Undefined when none is open. */
  #chainOf(key: string): Chain | undefined {
    const chain = this.#count === 0 ? undefined : this.#chains.get(key);
    return chain === undefined || chain.drafts.length === 0 ? undefined : chain;
  }

  /** Takes drafts out of a chain. */
  #take(key: string, chain: Chain, from: number, count: number): readonly Draft[] {
    const taken = chain.drafts.splice(from, count);
    this.#count -= taken.length;
    for (const { text } of taken) this.#characters -= text.length;
    if (chain.drafts.length === 0 && chain.closedUntilMs <= this.#options.clock.monotonicMs()) this.#chains.delete(key);
    return taken;
  }

  #planSweep(): void {
    this.#sweep ??= this.#options.clock.after(DRAFT_KEPT_MS, () => {
      this.#sweep = undefined;
      this.#letGoOfOld();
      if (this.#chains.size > 0) this.#planSweep();
    });
  }

  #letGoOfOld(): void {
    const oldestMs = this.#options.clock.monotonicMs() - DRAFT_KEPT_MS;
    for (const [key, chain] of this.#chains) {
      // By its newest: that contains the others, and may still be on its way.
      const newest = chain.drafts.at(-1);
      if (newest !== undefined && newest.madeAtMs > oldestMs) continue;
      this.#take(key, chain, 0, chain.drafts.length);
      if (newest !== undefined) this.#options.onLetGo(key);
    }
  }
}

function nameOf(key: string, id: string): string {
  return `${id} ${key}`;
}

/** Whether a record has seen all that the other has. */
export function hasSeen(text: RecordText, other: RecordText): boolean {
  if (text === other) return true;
  const order = compareContextTexts(contextTextOf(other), contextTextOf(text));
  return order === 'before' || order === 'equal';
}
