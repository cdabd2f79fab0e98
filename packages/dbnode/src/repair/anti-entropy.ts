/*
 * Keeps this node in step with the other replicas of its placement groups: compares digests with one after the other,
 * for as long as the node runs, and heals what differs. One comparison at a time. A node that cannot be compared with
 * is tried again; nothing waits for it.
 */
import type { NodeEvent, Random, Registry, RepairRun, Timer } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import { digestText } from './digest-text.ts';
import { Comparison, type ComparisonOptions } from './comparison.ts';
import { FullComparison, type TurnOutcome } from './full-comparison.ts';
import { InStep } from './in-step.ts';
import type { RepairPeer, RepairPeers } from './repair-peers.ts';
import { RepairSchedule } from './repair-schedule.ts';
import { nodesSharingGroups, sharedGroups } from './shared-groups.ts';

/** Repaired records that a full comparison tells by name. */
const EXAMPLES_MAX = 20;
/** Events looked through for them. */
const EXAMPLES_LOOKED_AT_MAX = 200;

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

/** A full comparison that was asked for, and what had been repaired before it. */
interface Run {
  readonly id: number;
  readonly comparison: FullComparison;
  readonly repairedBefore: number;
  readonly lastEventBefore: number;
  /** As it was when it ended. */
  result: RepairRun | undefined;
}

/** Compares with every other replica, again and again, until it is stopped. */
export class AntiEntropy {
  readonly #options: AntiEntropyOptions;
  readonly #schedule: RepairSchedule;
  readonly #stopWatching: () => void;
  /** For each node, the digests of the groups that were last found equal there. */
  readonly #agreed = new Map<string, Map<number, string>>();
  readonly #inStep = new InStep();
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #run: Run | undefined;
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

  /**
   * Begins to compare with everybody, hints or not, until nothing differs; one that is under way goes on instead.
   * Without a map nobody knows with whom, and nothing begins.
   */
  hurry(): void {
    if (this.#options.map() === undefined) return;
    if (this.#run === undefined || this.#run.result !== undefined) this.#begin();
    this.#settleRun();
    this.#schedule.hurry();
    this.#wake();
  }

  /** How the latest full comparison is; undefined before the first. */
  get run(): RepairRun | undefined {
    return this.#run === undefined ? undefined : (this.#run.result ?? this.#resultOf(this.#run));
  }

  /**
   * A time, by the monotonic clock, at which this node held all that the other replicas of its groups did; undefined when
   * none is known. While groups move none is: those that the node gains are compared only once it has them.
   */
  get inStepAsOfMs(): number | undefined {
    const map = this.#options.map();
    if (map === undefined || map.previousNodes !== undefined) return undefined;
    const asOfMs = this.#inStep.asOfMs(map.epoch, this.#others().keys());
    return asOfMs === Infinity ? this.#options.clock.monotonicMs() : asOfMs;
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
      this.#settleRun();
      this.#planNext();
    });
  }

  #begin(): void {
    const { figures, events } = this.#options;
    this.#run = {
      id: (this.#run?.id ?? 0) + 1,
      comparison: new FullComparison(this.#others()),
      repairedBefore: figures.repairedTotal,
      lastEventBefore: events.last,
      result: undefined,
    };
  }

  /** Takes the run further when everybody has had a turn, or is gone. */
  #settleRun(): void {
    const run = this.#run;
    if (run === undefined || run.result !== undefined) return;
    if (run.comparison.follow(this.#others())) this.#schedule.hurry();
    if (run.comparison.ended) run.result = this.#resultOf(run);
  }

  #resultOf({ id, comparison, repairedBefore, lastEventBefore }: Run): RepairRun {
    const { figures, events } = this.#options;
    return {
      id,
      ended: comparison.ended,
      passes: comparison.passes,
      repaired: figures.repairedTotal - repairedBefore,
      examples: events.after(lastEventBefore, EXAMPLES_LOOKED_AT_MAX).filter(isRepair).slice(0, EXAMPLES_MAX),
      peers: [...comparison.standings].map(([node, standing]) => ({ node, ...standing })),
    };
  }

  /** The nodes that must hold something that this one holds, each with whether it is up. */
  #others(): ReadonlyMap<string, boolean> {
    const map = this.#options.map();
    if (map === undefined) return new Map();
    const up = new Set(this.#options.peers.up.map(({ id }) => id));
    return new Map(nodesSharingGroups(map, this.#options.engine.nodeId).map((id) => [id, up.has(id)]));
  }

  #planNext(): void {
    const { idleMs } = this.#schedule;
    if (this.#stopped || idleMs === undefined) return;
    this.#timer = this.#options.clock.after(idleMs, () => this.#wake());
  }

  async #compareWithAllDue(): Promise<void> {
    for (const id of this.#schedule.due) {
      this.#schedule.started(id);
      const peer = this.#options.peers.get(id);
      const map = this.#options.map();
      if (this.#stopped || map === undefined || peer === undefined || !this.#options.mayOffer()) {
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
    const { engine, figures, logger, clock } = this.#options;
    const groups = sharedGroups(map, engine.nodeId, peer.id);
    if (groups.length === 0) return 'compared';
    const waitForHints = this.#schedule.waitsForHints(peer.id);
    if (waitForHints && engine.hints.count(peer.id) > 0) return 'hints-first';
    const note = this.#turnNoter(peer.id);
    const beganMs = clock.monotonicMs();
    try {
      const outcome = await this.#compare(peer, groups, waitForHints);
      if (outcome.type === 'compared') {
        note(outcome);
        if (outcome.isWhole) this.#inStep.compared(map.epoch, peer.id, beganMs);
      }
      return outcome.type;
    } catch (error) {
      figures.comparisonsFailed += 1;
      if (!this.#stopped) logger.info({ node: peer.id, error: String(error) }, 'a replica could not be compared with');
      note({ type: 'failed', error: error instanceof Error ? error.message : String(error) });
      return 'failed';
    }
  }

  async #compare(peer: RepairPeer, groups: readonly number[], waitForHints: boolean) {
    const { figures, logger } = this.#options;
    const outcome = await new Comparison(this.#options, peer, groups).run(waitForHints);
    if (outcome.type === 'hints-first') return outcome;
    figures.comparisons += 1;
    if (outcome.equal.size === groups.length) figures.comparisonsEqual += 1;
    const agreed = this.#agreed.get(peer.id) ?? new Map<number, string>();
    for (const pg of groups) agreed.delete(pg);
    for (const [pg, digest] of outcome.equal) agreed.set(pg, digest);
    this.#agreed.set(peer.id, agreed);
    if (outcome.repaired > 0) logger.info({ node: peer.id, records: outcome.repaired }, 'replicas are in step again');
    return outcome;
  }

  /** Takes note of a turn for the full comparison; of one that began before its present pass, nothing. */
  #turnNoter(nodeId: string): (outcome: TurnOutcome) => void {
    const run = this.#run;
    const pass = run?.comparison.passes;
    return (outcome) => {
      if (run !== undefined && run === this.#run && run.comparison.passes === pass)
        run.comparison.note(nodeId, outcome);
    };
  }
}

function isRepair(event: NodeEvent): event is Extract<NodeEvent, { type: 'repaired' }> {
  return event.type === 'repaired';
}
