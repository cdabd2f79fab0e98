/*
 * A storage node as it is, without its HTTP: engine, batches, epochs, moving and repair, on a simulated disk. It can
 * be killed at any moment, hang with its requests waiting in the socket, and lose its disk.
 */
import { NodeCallError, ProblemError, STALE_EPOCH, type Batch, type BatchReply } from '@trolley/cluster';
import { pino } from 'pino';
import { answerBatch } from '../../packages/dbnode/src/answer-batch.ts';
import type { Engine } from '../../packages/dbnode/src/engine.ts';
import { createExecutor } from '../../packages/dbnode/src/execute-batch.ts';
import { KnownEpochs } from '../../packages/dbnode/src/known-epochs.ts';
import { RepairPeers } from '../../packages/dbnode/src/repair/repair-peers.ts';
import { RepairService } from '../../packages/dbnode/src/repair/repair-service.ts';
import { Throttle } from '../../packages/dbnode/src/repair/throttle.ts';
import { openEngine } from '../../packages/dbnode/src/storage/open-engine.ts';
import { Shedder } from '../../packages/dbnode/src/sync/shedder.ts';
import { Synchronizer } from '../../packages/dbnode/src/sync/synchronizer.ts';
import { VoteRecovery } from '../../packages/dbnode/src/sync/vote-recovery.ts';
import { MemoryDisk } from '../../packages/dbnode/src/testing/memory-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { RegistryClient, SimulatedRegistry } from './simulated-registry.ts';
import type { Tampering } from './tampering.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a node stands on. */
export interface World {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly network: SimulatedNetwork;
  readonly registry: SimulatedRegistry;
  readonly pgCount: number;
  /** As long as the gateways give a change of a register. */
  readonly claimTimeoutMs: number;
  readonly tampering: Tampering;
}

interface Process {
  readonly engine: Engine;
  readonly synchronizer: Synchronizer;
  readonly shedder: Shedder;
  readonly votes: VoteRecovery;
  readonly repair: RepairService;
  readonly epochs: KnownEpochs;
  readonly registry: RegistryClient;
  isDead: boolean;
}

const FSYNC_MS = 5;
/** Longer than a request waits for its answer: what a node told in a request holds until the end of that. */
const NEW_DISK_MS = 1_000;
const RECORDS_PER_SECOND = 10_000;
const REPAIR = {
  antiEntropyIntervalMs: 1_000,
  repairRecordsPerSecond: RECORDS_PER_SECOND,
  hints: true,
  tombstoneGraceMs: 86_400_000,
};
const logger = pino({ enabled: false });

/** A machine that runs a node, most of the time. */
export class SimulatedNode {
  readonly id: string;
  readonly #world: World;
  readonly #port: number;
  #medium: MemoryDisk;
  #process: Process | undefined;
  #starting: Promise<void> | undefined;
  #isCutOff = false;
  #lacked: ReadonlySet<number> = new Set();
  #wakesAtMs = 0;
  #diskInAtMs = 0;

  constructor(id: string, port: number, world: World) {
    this.id = id;
    this.#port = port;
    this.#world = world;
    this.#medium = this.#newDisk();
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get process(): Pick<Process, 'engine' | 'synchronizer'> | undefined {
    return this.#process;
  }

  /** Placement groups of which it may lack what it once told. */
  get lacking(): ReadonlySet<number> {
    return this.#process === undefined ? this.#lacked : lackingIn(this.#process.engine);
  }

  /** Starts the node unless it runs or starts already. */
  async start(): Promise<void> {
    if (this.#process !== undefined) return;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    await this.#starting;
  }

  /** Kill -9, or a loss of power: of what was not flushed, chance decides what is left. */
  kill(): void {
    const process = this.#process;
    if (process === undefined) return;
    this.#lacked = lackingIn(process.engine);
    process.isDead = true;
    this.#wakesAtMs = 0;
    this.#process = undefined;
    this.#world.network.unlisten(this.#port);
    this.#medium.crash(this.#world.random() < 0.5 ? 'everything' : this.#world.random);
    void process.synchronizer.stop();
    void process.shedder.stop();
    void process.votes.stop();
    void process.repair.stop();
    void process.registry.close();
  }

  /** The disk is gone; the next start finds an empty one, after the time that it takes to put a new one in. */
  wipe(): void {
    this.kill();
    this.#lacked = new Set(Array.from({ length: this.#world.pgCount }, (_, pg) => pg));
    this.#medium = this.#newDisk();
    this.#diskInAtMs = this.#world.time.monotonicMs() + NEW_DISK_MS;
  }

  /** Does nothing for a while, and goes on as if nothing had been. */
  hang(forMs: number): void {
    this.#wakesAtMs = this.#world.time.monotonicMs() + forMs;
  }

  /** Whether it reaches the registry. */
  connect(connected: boolean): void {
    this.#isCutOff = !connected;
    this.#process?.registry.connect(connected);
  }

  async #start(): Promise<void> {
    const { time, random, registry, pgCount, tampering } = this.#world;
    await time.sleep(this.#diskInAtMs - time.monotonicMs());
    const client = registry.open();
    client.connect(!this.#isCutOff);
    const map = client.view.stored?.map;
    const isKnownToCluster = this.#isCutOff || map?.nodes.some(({ id }) => id === this.id) === true;
    const opened = await openEngine({
      dataDir: '/data',
      disk: this.#medium.mount(),
      lock: async () => ({ release: async () => {} }),
      nodeId: this.id,
      clock: time,
      random,
      logger,
      pgCount,
      isKnownToCluster,
      checkpointJournalBytes: 64 * 1024,
      journalSegmentBytes: 16 * 1024,
    });
    const engine = tampering.engine?.(opened, { clock: time, random }) ?? opened;
    const process = this.#run(engine, client);
    this.#process = process;
    // It may have been cut off, or connected, meanwhile.
    client.connect(!this.#isCutOff);
    this.#listen(process);
    client.announceNode({ id: this.id, host: 'localhost', port: this.#port, zone: `zone-${this.id}`, weight: 1 });
    process.repair.start();
  }

  /** What runs on top of the engine. */
  #run(engine: Engine, registry: RegistryClient): Process {
    const { time: clock, random, network, pgCount, claimTimeoutMs } = this.#world;
    const transport = network.transportOf(this.id);
    const environment = { registry, engine, pgCount, transport, clock, random, logger };
    let synchronizer: Synchronizer | undefined;
    const repair = new RepairService({
      ...environment,
      settings: REPAIR,
      fetching: () => synchronizer?.progress,
    });
    const epochs = new KnownEpochs({
      fromRegistry: () => registry.view.stored?.map.epoch ?? 0,
      synced: () => synchronizer?.syncedEpoch ?? 0,
      memory: engine,
    });
    const peers = new RepairPeers({ ...environment, nodeId: this.id });
    const throttle = new Throttle(clock, RECORDS_PER_SECOND);
    synchronizer = new Synchronizer({ ...environment, peers, throttle, events: repair.events });
    const shedder = new Shedder({ ...environment, peers, throttle, newestEpoch: () => epochs.newest });
    const votes = new VoteRecovery({ ...environment, peers, throttle, silenceMs: claimTimeoutMs });
    return { engine, synchronizer, shedder, votes, repair, epochs, registry, isDead: false };
  }

  #listen(process: Process): void {
    const { engine, repair, epochs } = process;
    const answering = {
      nodeId: this.id,
      execute: createExecutor(engine, this.#world.time, { finished: () => {} }, repair.answer),
      epochs,
    };
    const receive = async (batch: Batch): Promise<BatchReply> => {
      await this.#awake();
      try {
        if (process.isDead) throw new Error('the process is gone');
        const reply = await answerBatch(batch, answering);
        await this.#awake();
        if (process.isDead) throw new Error('the process is gone');
        return reply;
      } catch (error) {
        throw asCallError(error);
      }
    };
    this.#world.network.listen(this.#port, { id: this.id, receive });
  }

  async #awake(): Promise<void> {
    const { time } = this.#world;
    while (this.#wakesAtMs > time.monotonicMs()) await time.sleep(this.#wakesAtMs - time.monotonicMs());
  }

  #newDisk(): MemoryDisk {
    const medium = new MemoryDisk();
    medium.beforeSync = () => this.#world.time.sleep(this.#world.random() * FSYNC_MS);
    return medium;
  }
}

function lackingIn({ incompleteGroups, votelessGroups }: Engine): ReadonlySet<number> {
  return new Set([...incompleteGroups, ...votelessGroups]);
}

function asCallError(error: unknown): NodeCallError {
  if (!(error instanceof ProblemError)) return new NodeCallError('CONNECTION_LOST', String(error));
  const { code, detail } = error.details;
  return new NodeCallError(code === STALE_EPOCH ? 'STALE_EPOCH' : 'TURNED_AWAY', detail);
}
