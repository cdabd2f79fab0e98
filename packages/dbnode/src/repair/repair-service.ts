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
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Repair on one node. */
export class RepairService {
  readonly events: NodeEvents;
  readonly figures = new RepairFigures();
  readonly answer: AnswerRepair;
  readonly #options: RepairServiceOptions;
  readonly #peers: RepairPeers;
  #running: readonly Stoppable[] = [];

  constructor(options: RepairServiceOptions) {
    const { engine, settings } = options;
    this.#options = options;
    this.events = new NodeEvents(options.clock);
    this.#peers = new RepairPeers({ ...options, nodeId: engine.nodeId });
    this.answer = createRepairAnswers({
      engine,
      events: this.events,
      fetching: options.fetching,
      hints: settings.hints,
      map: () => this.#map(),
    });
  }

  /** Since when the node may have missed that deleted things were forgotten; undefined when it may serve at once. */
  get doubtfulSinceMs(): number | undefined {
    const { engine, clock, settings } = this.#options;
    return doubtfulSinceMs({
      lastPresence: engine.lastPresence,
      asOfMs: engine.recovery.asOfMs,
      nowMs: clock.nowMs(),
      graceMs: settings.tombstoneGraceMs,
      records: engine.statistics.records,
    });
  }

  /** Puts aside what the node may not offer. To be called before it serves. @throws ReadOnlyError */
  async settleAbsence(sinceMs: number): Promise<void> {
    await settleAbsence({ ...this.#options, peers: this.#peers }, sinceMs);
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
    };
    const collector = new TombstoneCollector({ ...shared, graceMs: settings.tombstoneGraceMs });
    const promises = new PromiseCollector({ ...shared, graceMs: settings.tombstoneGraceMs });
    const antiEntropy: AntiEntropy = new AntiEntropy({
      ...shared,
      intervalMs: settings.antiEntropyIntervalMs,
      onCompared: async () => {
        await collector.collect((nodeId, pg) => antiEntropy.agrees(nodeId, pg));
        await promises.collect();
      },
    });
    const delivery = settings.hints ? [new HintDelivery({ ...shared, antiEntropy })] : [];
    this.#running = [antiEntropy, new PresenceKeeper(shared), ...delivery];
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.map(async (part) => part.stop()));
  }

  /** A map with another number of placement groups says nothing of the groups here; the node must start anew first. */
  #map(): ClusterMap | undefined {
    const map = this.#options.registry.view.stored?.map;
    return map?.pgCount === this.#options.pgCount ? map : undefined;
  }
}
