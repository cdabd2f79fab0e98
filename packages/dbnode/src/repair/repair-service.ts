/*
 * Everything that keeps this node in step with the others, put together: hints, anti-entropy, dropped tombstones, and
 * what a node may offer after an absence. Answers from the first moment; acts between `start` and `stop`.
 */
import type { Clock, FetchProgress, NodeTransport, Random, Registry } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import { doubtfulSinceMs } from './absence.ts';
import { AntiEntropy } from './anti-entropy.ts';
import { HintDelivery } from './hint-delivery.ts';
import { NodeEvents } from './node-events.ts';
import { PresenceKeeper } from './presence.ts';
import { PromiseCollector } from './promise-collector.ts';
import { createRepairAnswers, type AnswerRepair } from './repair-answers.ts';
import { RepairFigures } from './repair-figures.ts';
import { RepairPeers } from './repair-peers.ts';
import { settleAbsence } from './settle-absence.ts';
import { Throttle } from './throttle.ts';
import { TombstoneCollector } from './tombstone-collector.ts';

/** Settings of repair; see settings.ts. */
export interface RepairSettings {
  readonly antiEntropyIntervalMs: number;
  readonly repairRecordsPerSecond: number;
  readonly hints: boolean;
  readonly tombstoneGraceMs: number;
}

/** What repair works with. */
export interface RepairServiceOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly transport: NodeTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly settings: RepairSettings;
  /** The number of placement groups in which the engine files its records. */
  readonly pgCount: number;
  /** How far the node is with groups that it fetches. */
  readonly fetching: () => FetchProgress | undefined;
  /** The newest epoch by which the node holds all that it should; 0 before the first. */
  readonly synced: () => number;
  /** The newest epoch that the node has heard of, from whomever. */
  readonly newestEpoch: () => number;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Repair on one node. */
export class RepairService {
  readonly events: NodeEvents;
  readonly figures = new RepairFigures();
  readonly answer: AnswerRepair;
  /** How far the node is with groups that it fetches; undefined when it fetches nothing. */
  readonly fetching: () => FetchProgress | undefined;
  readonly #options: RepairServiceOptions;
  readonly #peers: RepairPeers;
  #running: readonly Stoppable[] = [];
  #antiEntropy: AntiEntropy | undefined;
  #collector: TombstoneCollector | undefined;
  /** When this process last noted, durably, that it takes part; or began with nothing. */
  #presentAtMs: number | undefined;
  /** The map by which it was last settled what the node may offer. */
  #settledEpoch: number | undefined;

  constructor(options: RepairServiceOptions) {
    const { engine, settings } = options;
    this.#options = options;
    // Who begins with nothing has nothing that others could have forgotten.
    if (engine.statistics.records === 0) this.#presentAtMs = options.clock.nowMs();
    this.fetching = options.fetching;
    this.events = new NodeEvents(options.clock);
    this.#peers = new RepairPeers({ ...options, nodeId: engine.nodeId });
    this.answer = createRepairAnswers({
      engine,
      events: this.events,
      fetching: options.fetching,
      hints: settings.hints,
      repairRun: (begin) => {
        if (begin) this.#antiEntropy?.hurry();
        return this.#antiEntropy?.run;
      },
      clock: options.clock,
      inStepAsOfMs: () => this.#antiEntropy?.inStepAsOfMs,
      map: () => this.#map(),
    });
  }

  /** Since when the node may have missed that deleted things were forgotten; undefined when it may serve at once. */
  get doubtfulSinceMs(): number | undefined {
    const { engine, clock, settings } = this.#options;
    return doubtfulSinceMs({
      presentAtMs: this.#presentAtMs ?? engine.lastPresence?.atMs,
      asOfMs: this.#asOfMs,
      nowMs: clock.nowMs(),
      graceMs: settings.tombstoneGraceMs,
      records: engine.statistics.records,
    });
  }

  /**
   * As `doubtfulSinceMs`, of a node that starts. One that never noted that it took part, and hears nothing from the
   * registry, was most likely not away: it serves, and settles it when it is told whom to ask (absence-watch.ts).
   */
  get doubtfulAtStartMs(): number | undefined {
    const isHeard = this.#options.registry.view.stored !== undefined;
    return isHeard || this.#options.engine.lastPresence !== undefined ? this.doubtfulSinceMs : undefined;
  }

  /**
   * Whether the node may still hold, as an owner by the map of that epoch, what the others have forgotten. What was
   * settled by one map holds until the next: who owns nothing of a group by the one may be asked for it by the other.
   */
  isInDoubt(epoch: number): boolean {
    const isHeard = this.#options.registry.view.stored !== undefined;
    return isHeard && epoch !== this.#settledEpoch && this.doubtfulSinceMs !== undefined;
  }

  /** Puts aside what the node may not offer. @throws ReadOnlyError */
  async settleAbsence(sinceMs: number): Promise<void> {
    const { engine, settings } = this.#options;
    const asOfMs = this.#asOfMs ?? Infinity;
    const ownDrops = engine.tombstoneDrops.filter(([, droppedAtMs]) => droppedAtMs <= asOfMs);
    const absence = { sinceMs, graceMs: settings.tombstoneGraceMs, ownDrops };
    // Without a map nobody could be asked: that is still to be done.
    this.#settledEpoch = await settleAbsence({ ...this.#options, peers: this.#peers }, absence);
  }

  /** Set while it has not been settled what is to be made of data that was lost before this process started. */
  get #asOfMs(): number | undefined {
    const isSettled = this.#settledEpoch !== undefined || this.#presentAtMs !== undefined;
    return isSettled ? undefined : this.#options.engine.recovery.asOfMs;
  }

  start(): void {
    const { clock, settings } = this.#options;
    const throttle = new Throttle(clock, settings.repairRecordsPerSecond);
    const shared = {
      ...this.#options,
      throttle,
      events: this.events,
      figures: this.figures,
      peers: this.#peers,
      map: () => this.#map(),
      mayOffer: () => !this.isInDoubt(this.#options.registry.view.stored?.map.epoch ?? 0),
    };
    const graceMs = settings.tombstoneGraceMs;
    const collector = new TombstoneCollector({ ...shared, graceMs });
    const promises = new PromiseCollector({ ...shared, graceMs });
    const antiEntropy: AntiEntropy = new AntiEntropy({
      ...shared,
      intervalMs: settings.antiEntropyIntervalMs,
      onCompared: async () => {
        await collector.collect((nodeId, pg) => antiEntropy.agrees(nodeId, pg));
        await promises.collect();
      },
    });
    this.#antiEntropy = antiEntropy;
    this.#collector = collector;
    const delivery = settings.hints ? [new HintDelivery({ ...shared, antiEntropy })] : [];
    const presence = new PresenceKeeper({
      ...shared,
      graceMs,
      isInDoubt: (epoch) => this.isInDoubt(epoch),
      onNoted: (atMs) => (this.#presentAtMs = atMs),
    });
    this.#running = [antiEntropy, presence, ...delivery];
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.map(async (part) => part.stop()));
    await this.#collector?.stop();
  }

  /** A map with another number of placement groups says nothing of the groups here; the node must start anew first. */
  #map(): ClusterMap | undefined {
    const map = this.#options.registry.view.stored?.map;
    return map?.pgCount === this.#options.pgCount ? map : undefined;
  }
}
