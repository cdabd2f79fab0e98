/*
 * A storage node as it is, without its HTTP: engine, batches, epochs, moving and repair, on a simulated disk. It can
 * be killed at any moment, hang with its requests waiting in the socket, and lose its disk.
 */
import {
  NodeCallError,
  ProblemError,
  STALE_EPOCH,
  TOO_LATE,
  type Batch,
  type BatchReply,
  type NodeDetails,
} from '@trolley/cluster';
import { pino } from 'pino';
import { answerBatch, isAnsweredEarly } from '../../packages/dbnode/src/answer-batch.ts';
import type { Engine } from '../../packages/dbnode/src/engine.ts';
import { createExecutor } from '../../packages/dbnode/src/execute-batch.ts';
import { KnownEpochs } from '../../packages/dbnode/src/known-epochs.ts';
import { RememberingRegistry } from '../../packages/dbnode/src/remembering-registry.ts';
import { AbsenceWatch } from '../../packages/dbnode/src/repair/absence-watch.ts';
import { RepairPeers } from '../../packages/dbnode/src/repair/repair-peers.ts';
import { RepairService } from '../../packages/dbnode/src/repair/repair-service.ts';
import { Throttle } from '../../packages/dbnode/src/repair/throttle.ts';
import { openEngine } from '../../packages/dbnode/src/storage/open-engine.ts';
import { Shedder } from '../../packages/dbnode/src/sync/shedder.ts';
import { Synchronizer } from '../../packages/dbnode/src/sync/synchronizer.ts';
import { VoteRecovery } from '../../packages/dbnode/src/sync/vote-recovery.ts';
import { MemoryDisk } from '../../packages/dbnode/src/testing/memory-disk.ts';
import { WorkGate } from '../../packages/dbnode/src/work-gate.ts';
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
  readonly graceMs: number;
  /** Nodes offer whatever they have, however long they were away: wrong, and there to be caught. */
  readonly isTrusting: boolean;
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
  readonly isInDoubt: (epoch: number) => boolean;
  absence?: AbsenceWatch;
  readonly gate: WorkGate;
  readonly epochs: KnownEpochs;
  /** Its connection, and what the rest of the node sees of that. */
  readonly client: RegistryClient;
  readonly registry: RememberingRegistry;
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
};
const logger = pino({ enabled: false });

/** Sees no reason to doubt what it has. */
class TrustingRepair extends RepairService {
  override get doubtfulSinceMs(): undefined {
    return undefined;
  }
}

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

  get process(): Pick<Process, 'engine' | 'synchronizer' | 'repair'> | undefined {
    return this.#process;
  }

  /** Placement groups of which it may lack what it once told. */
  get lacking(): ReadonlySet<number> {
    return this.#process === undefined ? this.#lacked : lackingIn(this.#process.engine);
  }

  /** Starts the node unless it runs or starts already. */
  async start(): Promise<void> {
    // A start under way may be one that was killed meanwhile, which ends without a process.
    while (this.#process === undefined) {
      this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
      await this.#starting;
    }
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
    void process.absence?.stop();
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
    this.#process?.client.connect(connected);
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
      journalPreallocation: false,
    });
    const engine = tampering.engine?.(opened, { clock: time, random }) ?? opened;
    const remembering = new RememberingRegistry({ registry: client, memory: engine, clock: time, logger });
    await remembering.settled();
    const process = this.#run(engine, client, remembering);
    this.#process = process;
    // It may have been cut off, or connected, meanwhile.
    client.connect(!this.#isCutOff);
    this.#listen(process);
    client.announceNode(this.#details);
    await this.#serve(process);
  }

  /** As run-node.ts does: only once it is settled what the node may offer. */
  async #serve(process: Process): Promise<void> {
    const { repair, gate } = process;
    const sinceMs = repair.doubtfulAtStartMs;
    // What fails here is a disk that broke off under a process that was killed.
    if (sinceMs !== undefined) await repair.settleAbsence(sinceMs).catch(() => undefined);
    if (process.isDead) return;
    gate.open();
    const onSettled = () => {
      process.synchronizer.startOver();
      process.votes.startOver();
    };
    const { registry } = process;
    const { time: clock } = this.#world;
    process.absence = new AbsenceWatch({ registry, repair, clock, logger, onSettled });
    onSettled();
    repair.start();
  }

  get #details(): NodeDetails {
    return { id: this.id, host: 'localhost', port: this.#port, zone: `zone-${this.id}`, weight: 1 };
  }

  /** What runs on top of the engine. */
  #run(engine: Engine, client: RegistryClient, registry: RememberingRegistry): Process {
    const { time: clock, random, network, pgCount, graceMs, isTrusting, claimTimeoutMs } = this.#world;
    const transport = network.transportOf(this.id);
    const environment = { registry, engine, pgCount, transport, clock, random, logger };
    const gate = new WorkGate();
    let synchronizer: Synchronizer | undefined;
    const fetching = () => synchronizer?.progress;
    const synced = () => Math.min(synchronizer?.syncedEpoch ?? 0, engine.rememberedMap?.epoch ?? 0);
    const epochs = new KnownEpochs({
      fromRegistry: () => registry.toldEpoch,
      synced,
      memory: engine,
    });
    const Repair = isTrusting ? TrustingRepair : RepairService;
    const repair = new Repair({
      ...environment,
      settings: { ...REPAIR, tombstoneGraceMs: graceMs },
      fetching,
      synced,
      newestEpoch: () => epochs.newest,
    });
    const peers = new RepairPeers({ ...environment, nodeId: this.id });
    const throttle = new Throttle(clock, RECORDS_PER_SECOND);
    const isInDoubt = (epoch: number) => repair.isInDoubt(epoch);
    const mayFetch = () => gate.phase === 'serving' && !isInDoubt(registry.view.stored?.map.epoch ?? 0);
    const fetcher = new Synchronizer({ ...environment, peers, throttle, events: repair.events, mayFetch });
    synchronizer = fetcher;
    const shedder = new Shedder({ ...environment, graceMs, peers, throttle, newestEpoch: () => epochs.newest });
    const votes = new VoteRecovery({ ...environment, peers, throttle, silenceMs: claimTimeoutMs, mayFetch });
    const parts = { synchronizer: fetcher, shedder, votes, repair };
    return { engine, ...parts, gate, isInDoubt, epochs, client, registry, isDead: false };
  }

  #listen(process: Process): void {
    const { engine, repair, epochs, gate, isInDoubt } = process;
    const answering = {
      nodeId: this.id,
      execute: createExecutor(engine, this.#world.time, { finished: () => {} }, repair.answer),
      epochs,
      clock: this.#world.time,
      isInDoubt,
    };
    const receive = async (batch: Batch): Promise<BatchReply> => {
      await this.#awake();
      try {
        if (process.isDead) throw new Error('the process is gone');
        const answer = async () => answerBatch(batch, answering);
        const reply = await (isAnsweredEarly(batch) ? answer() : gate.run(answer));
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
  return new NodeCallError(code === STALE_EPOCH || code === TOO_LATE ? code : 'TURNED_AWAY', detail);
}
