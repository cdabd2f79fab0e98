/*
 * Compares placement groups with one other replica of theirs and brings both in step: digests of whole groups first,
 * then down the hash trees of those that differ, then the entries of what is left, then the records. Equal groups
 * cost one small message between them.
 */
import { REPAIR_BATCH_MAX, type Clock, type GroupsComparison } from '@trolley/cluster';
import { sumOf } from '../storage/hash-tree.ts';
import { differencesOf, planDescent, type ChildDigest, type Difference } from './differences.ts';
import { digestText, runsOf } from './digest-text.ts';
import { exchange, type ExchangeOptions } from './exchange.ts';
import { inLockStep, type ListPage } from './lock-step.ts';
import type { RepairPeer } from './repair-peers.ts';
import { pause } from './throttle.ts';

/** Entries that are rather listed than narrowed down further: as long as the digests that this saves. */
const LIST_MAX = 32;
/** Groups looked into at once, which bounds what one batch between two nodes holds. */
const GROUPS_AT_ONCE = 8;
/** Differences gathered before they are settled. More are found by the next pass. */
const DIFFERENCES_MAX = 10_000;
/** What differs because a write is on its way is the same again after this long. */
const SETTLE_MS = 200;
/** Passes over groups that differ on more than DIFFERENCES_MAX keys; the next round goes on. */
const PASSES_MAX = 100;

/** What a comparison works with. */
export interface ComparisonOptions extends ExchangeOptions {
  readonly clock: Clock;
}

/** What a comparison came to. */
export type ComparisonOutcome =
  /** The other node holds hints for this one and is pushing them: comparing now would only find the same. */
  | { readonly type: 'hints-first' }
  | {
      readonly type: 'compared';
      /** The groups that were equal from the start, each with its digest. */
      readonly equal: ReadonlyMap<number, string>;
      /** Records that were brought up to date on either side. */
      readonly repaired: number;
      /** Whether all that differed was looked at; it is not where that was more than one comparison takes. */
      readonly isWhole: boolean;
    };

/** One replica to compare with. */
export class Comparison {
  readonly #options: ComparisonOptions;
  readonly #peer: RepairPeer;
  readonly #groups: readonly number[];
  /** Where the next pass goes on in groups that differ on too many keys for one; undefined from the start. */
  readonly #goOnAfter = new Map<number, string | undefined>();

  /** @param groups ascending */
  constructor(options: ComparisonOptions, peer: RepairPeer, groups: readonly number[]) {
    this.#options = options;
    this.#peer = peer;
    this.#groups = groups;
  }

  /**
   * Resolves when both replicas have had all that the other knew better.
   * @param waitForHints whether hints that wait at the other node come first.
   * @throws NodeCallError, or what the engine throws.
   */
  async run(waitForHints: boolean): Promise<ComparisonOutcome> {
    let equal: ReadonlyMap<number, string> | undefined;
    let repaired = 0;
    for (let pass = 1; ; pass += 1) {
      const found = await this.#compareGroups();
      if (waitForHints && found.hintsWaiting > 0) return { type: 'hints-first' };
      equal ??= found.equal;
      const differences = await this.#differences(found.differing);
      if (differences.length === 0) return { type: 'compared', equal, repaired, isWhole: true };
      await pause(this.#options.clock, SETTLE_MS);
      repaired += await exchange(this.#options, this.#peer.client, differences, 'anti-entropy');
      const isWhole = differences.length < DIFFERENCES_MAX;
      if (isWhole || pass === PASSES_MAX) return { type: 'compared', equal, repaired, isWhole };
    }
  }

  async #compareGroups() {
    const { engine } = this.#options;
    const own = this.#groups.map((pg) => engine.digest(pg));
    const digests = own.map(digestText);
    const runs = runsOf(this.#groups);
    const answer: GroupsComparison = await this.#peer.client.compareGroups(engine.nodeId, runs, digestText(sumOf(own)));
    const equal = new Map<number, string>();
    const differing: number[] = [];
    for (const [index, pg] of this.#groups.entries()) {
      const digest = digests[index] ?? '';
      if (answer.digests === null || answer.digests[index] === digest) equal.set(pg, digest);
      else differing.push(pg);
    }
    return { equal, differing, hintsWaiting: answer.hintsWaiting };
  }

  async #differences(groups: readonly number[]): Promise<readonly Difference[]> {
    const differences: Difference[] = [];
    const queue = [...groups];
    const worker = async () => {
      for (let pg = queue.shift(); pg !== undefined; pg = queue.shift()) {
        if (differences.length >= DIFFERENCES_MAX) return;
        await this.#gatherIn(pg, differences);
      }
    };
    await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, worker));
    return differences;
  }

  /** Adds the keys of a group that differ. */
  async #gatherIn(pg: number, gathered: Difference[]): Promise<void> {
    const small = this.#options.engine.digest(pg).count <= LIST_MAX;
    const toList = small ? [''] : [];
    let toDescend = small ? [] : [''];
    while (toDescend.length > 0) {
      const plans = await Promise.all(toDescend.map(async (path) => this.#lookAt(pg, path)));
      toList.push(...plans.flatMap(({ list }) => list));
      toDescend = plans.flatMap(({ descend }) => descend);
    }
    if (toList.length > 0) await this.#gatherUnder(pg, toList, gathered);
  }

  async #lookAt(pg: number, path: string) {
    const own = this.#options.engine
      .digestChildren(pg, path)
      .map((child): ChildDigest => [digestText(child), child.count]);
    return planDescent(path, own, await this.#peer.client.digestChildren(pg, path), LIST_MAX);
  }

  /** Adds what differs under these nodes, page by page, until enough is gathered or all has been looked at. */
  async #gatherUnder(pg: number, paths: readonly string[], gathered: Difference[]): Promise<void> {
    const own: ListPage = async (after) => this.#options.engine.entriesUnder(pg, paths, after, REPAIR_BATCH_MAX);
    const theirs: ListPage = async (after) => this.#peer.client.digestEntries(pg, paths, after);
    for await (const stretch of inLockStep(own, theirs, this.#goOnAfter.get(pg))) {
      gathered.push(...differencesOf(stretch.own, stretch.theirs));
      this.#goOnAfter.set(pg, stretch.upTo);
      if (gathered.length >= DIFFERENCES_MAX) return;
    }
  }
}
