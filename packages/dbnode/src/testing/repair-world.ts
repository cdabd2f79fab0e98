/*
 * Some nodes in one process, for tests of repair: real engines on simulated disks, the real answers to batches, and a
 * network between them that counts what it carries and can be cut.
 */
import {
  NodeCallError,
  systemClock,
  type Batch,
  type BatchReply,
  type Clock,
  type NodeTransport,
} from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import { pino } from 'pino';
import type { Engine } from '../engine.ts';
import { createExecutor, executeBatch } from '../execute-batch.ts';
import { AbsenceWatch } from '../repair/absence-watch.ts';
import { RepairService, type RepairSettings } from '../repair/repair-service.ts';
import type { EngineOptions } from '../storage/engine-options.ts';
import { openEngine } from '../storage/open-engine.ts';
import { DATA_DIR, PG_COUNT } from './engine-world.ts';
import { FakeRegistry } from './fake-registry.ts';
import { MemoryDisk } from './memory-disk.ts';
import { seededRandom } from './seeded-random.ts';

/** Fast enough that tests need not wait. */
const SETTINGS: RepairSettings = {
  antiEntropyIntervalMs: 50,
  repairRecordsPerSecond: 1_000_000,
  hints: true,
  tombstoneGraceMs: 86_400_000,
};

/** One node; its engine and service are those of its present life. */
export interface WorldNode {
  readonly id: string;
  readonly medium: MemoryDisk;
  engine: Engine;
  service: RepairService;
  isUp: boolean;
}

/** What a world is made with. */
export interface RepairWorldOptions {
  readonly settings?: Partial<RepairSettings>;
  readonly pgCount?: number;
  readonly clock?: Clock;
}

/** Nodes a, b and c, which hold everything alike, and what passes between them. */
export class RepairWorld {
  readonly registry = new FakeRegistry();
  readonly nodes = new Map<string, WorldNode>();
  /** Batches and their characters, there and back, since the test last set them. */
  readonly traffic = { messages: 0, characters: 0, largest: 0, operations: [] as string[] };
  readonly settings: RepairSettings;
  readonly clock: Clock;
  readonly #pgCount: number;
  readonly #random = seededRandom(7);
  readonly #watches = new Map<string, AbsenceWatch>();
  readonly #hanging = new Set<string>();
  readonly #waiting: (() => void)[] = [];

  constructor({ settings = {}, pgCount = PG_COUNT, clock = systemClock }: RepairWorldOptions = {}) {
    this.settings = { ...SETTINGS, ...settings };
    this.clock = clock;
    this.#pgCount = pgCount;
  }

  /** Opens a node on the disk that it had, if any; it answers, and repairs nothing until it is started. */
  async open(
    id: string,
    medium = this.nodes.get(id)?.medium ?? new MemoryDisk(),
    options: Partial<EngineOptions> = {},
  ): Promise<WorldNode> {
    const engine = await openEngine({
      dataDir: DATA_DIR,
      disk: medium.mount(),
      clock: this.clock,
      random: this.#random,
      logger: pino({ enabled: false }),
      pgCount: this.#pgCount,
      nodeId: id,
      lock: async () => ({ release: async () => undefined }),
      // Of little use to a disk in memory, which copies what is written to.
      journalPreallocation: false,
      ...options,
    });
    const service = new RepairService({
      engine,
      registry: this.registry,
      transport: this.transport(),
      clock: this.clock,
      random: this.#random,
      logger: pino({ enabled: false }),
      settings: this.settings,
      pgCount: this.#pgCount,
      fetching: () => undefined,
      synced: () => Infinity,
      newestEpoch: () => 0,
    });
    const node: WorldNode = { id, medium, engine, service, isUp: true };
    this.nodes.set(id, node);
    this.registry.setNodeUp({ id, host: id, port: 1, zone: `zone-${id}`, weight: 1 });
    return node;
  }

  /** Has a node repair, and settle what it may offer when it was away for long. */
  start(id: string): void {
    const { service } = this.node(id);
    service.start();
    const { registry, clock } = this;
    const logger = pino({ enabled: false });
    this.#watches.set(id, new AbsenceWatch({ registry, repair: service, clock, logger, onSettled: () => {} }));
  }

  /** Kills a node: nobody reaches it, and only what was flushed survives. */
  async kill(id: string): Promise<void> {
    const node = this.node(id);
    node.isUp = false;
    node.medium.crash('nothing');
    await this.#watches.get(id)?.stop();
    await node.service.stop();
    this.registry.setNodeDown(id);
  }

  node(id: string): WorldNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`there is no node ${id}`);
    return node;
  }

  /** Makes all nodes owners of everything, or some of them. */
  setMap(change: Partial<ClusterMap> = {}): void {
    const nodes = [...this.nodes.keys()]
      .toSorted()
      .map((id) => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' }) as const);
    this.registry.answer({ epoch: 1, pgCount: this.#pgCount, replicas: 3, nodes, ...change });
  }

  /** Everything that a node holds. */
  async contents(id: string): Promise<readonly (readonly [string, string])[]> {
    return (await this.node(id).engine.scan('', undefined, Number.MAX_SAFE_INTEGER)).entries;
  }

  /** Whoever calls this node waits until the end. */
  hang(id: string): void {
    this.#hanging.add(id);
  }

  resetTraffic(): void {
    Object.assign(this.traffic, { messages: 0, characters: 0, largest: 0, operations: [] });
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.#hanging.clear();
    for (const resume of this.#waiting) resume();
    await Promise.all([...this.#watches.values()].map(async (watch) => watch.stop()));
    await Promise.all([...this.nodes.values()].map(async ({ service }) => service.stop()));
  }

  /** Carries batches between the nodes. */
  transport(): NodeTransport {
    return {
      send: async ({ host }, batch) => this.#carry(host, batch),
      forget: () => {},
      close: async () => {},
    };
  }

  async #carry(host: string, batch: Batch): Promise<BatchReply> {
    const target = this.nodes.get(host);
    if (target?.isUp !== true) throw new NodeCallError('UNREACHABLE', 'connection refused');
    if (this.#hanging.has(host)) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    const observer = { finished: () => {} };
    const execute = createExecutor(target.engine, this.clock, observer, target.service.answer);
    const results = await executeBatch(execute, batch.operations);
    const { epoch } = batch;
    const reply = { node: host, epoch, epochInForce: epoch, syncedEpoch: epoch, results };
    this.#count(batch, reply);
    return reply;
  }

  #count(batch: Batch, reply: BatchReply): void {
    const characters = JSON.stringify(batch).length + JSON.stringify(reply).length;
    this.traffic.messages += 1;
    this.traffic.characters += characters;
    this.traffic.largest = Math.max(this.traffic.largest, characters);
    this.traffic.operations.push(...batch.operations.map(({ type }) => type));
  }
}
