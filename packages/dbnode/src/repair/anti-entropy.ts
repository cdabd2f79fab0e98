/*
 * Keeps this node in step with the other replicas of its placement groups: compares digests with one after the other,
 * for as long as the node runs, and heals what differs. One comparison at a time. A node that cannot be compared with
 * is tried again; nothing waits for it.
 */
import type { Random, Registry, Timer } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import { digestText } from './digest-text.ts';
import { Comparison, type ComparisonOptions } from './comparison.ts';
import type { RepairPeer, RepairPeers } from './repair-peers.ts';
import { RepairSchedule } from './repair-schedule.ts';
import { sharedGroups } from './shared-groups.ts';

/** What the runner works with. */
export interface AntiEntropyOptions extends ComparisonOptions {
  readonly registry: Registry;
  readonly peers: RepairPeers;
  /** The map in use; undefined until there is one. */
  readonly map: () => ClusterMap | undefined;
  readonly random: Random;
  readonly logger: Logger;
  /** How often each replica is compared with. */
  readonly intervalMs: number;
  /** Called after each comparison: agreement may have been reached. */
  readonly onCompared: () => Promise<void>;
}

/** Compares with every other replica, again and again, until it is stopped. */
export class AntiEntropy {
  readonly #options: AntiEntropyOptions;
  readonly #schedule: RepairSchedule;
  readonly #stopWatching: () => void;
  /** For each node, the digests of the groups that were last found equal there. */
  readonly #agreed = new Map<string, Map<number, string>>();
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: AntiEntropyOptions) {
    this.#options = options;
    this.#schedule = new RepairSchedule(options.clock, options.random, options.intervalMs);
    this.#stopWatching = options.registry.onChange(() => this.#wake());
    this.#wake();
  }

  /** Whether a node was found to hold exactly what is here now in a placement group. */
  agrees(nodeId: string, pg: number): boolean {
    return this.#agreed.get(nodeId)?.get(pg) === digestText(this.#options.engine.digest(pg));
  }

  /** Brings one node in step on some groups, outside of its turn. @throws NodeCallError, or what the engine throws */
  async compareWith(peer: RepairPeer, groups: readonly number[]): Promise<void> {
    await this.#compare(peer, groups, false);
  }

  /** Compares no more; resolves when the comparison under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    await this.#running;
  }

  #wake(): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#timer?.cancel();
    this.#schedule.follow(this.#options.peers.up);
    this.#running = this.#compareWithAllDue().finally(() => {
      this.#running = undefined;
      this.#planNext();
    });
  }

  #planNext(): void {
    const { idleMs } = this.#schedule;
    if (this.#stopped || idleMs === undefined) return;
    this.#timer = this.#options.clock.after(idleMs, () => this.#wake());
  }

  async #compareWithAllDue(): Promise<void> {
    for (const id of this.#schedule.due) {
      const peer = this.#options.peers.get(id);
      const map = this.#options.map();
      if (this.#stopped || map === undefined || peer === undefined) {
        this.#schedule.finished(id, 'failed');
        continue;
      }
      this.#schedule.finished(id, await this.#takeTurn(peer, map));
      await this.#options.onCompared().catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'upkeep after a comparison failed');
      });
    }
  }

  async #takeTurn(peer: RepairPeer, map: ClusterMap): Promise<'compared' | 'hints-first' | 'failed'> {
    const { engine, figures, logger } = this.#options;
    const groups = sharedGroups(map, engine.nodeId, peer.id);
    if (groups.length === 0) return 'compared';
    const waitForHints = this.#schedule.waitsForHints(peer.id);
    if (waitForHints && engine.hints.count(peer.id) > 0) return 'hints-first';
    try {
      return await this.#compare(peer, groups, waitForHints);
    } catch (error) {
      figures.comparisonsFailed += 1;
      if (!this.#stopped) logger.info({ node: peer.id, error: String(error) }, 'a replica could not be compared with');
      return 'failed';
    }
  }

  async #compare(peer: RepairPeer, groups: readonly number[], waitForHints: boolean) {
    const { figures, logger } = this.#options;
    const outcome = await new Comparison(this.#options, peer, groups).run(waitForHints);
    if (outcome.type === 'hints-first') return 'hints-first';
    figures.comparisons += 1;
    if (outcome.equal.size === groups.length) figures.comparisonsEqual += 1;
    const agreed = this.#agreed.get(peer.id) ?? new Map<number, string>();
    for (const pg of groups) agreed.delete(pg);
    for (const [pg, digest] of outcome.equal) agreed.set(pg, digest);
    this.#agreed.set(peer.id, agreed);
    if (outcome.repaired > 0) logger.info({ node: peer.id, records: outcome.repaired }, 'replicas are in step again');
    return 'compared';
  }
}
