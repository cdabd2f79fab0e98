/*
 * Brings a node up and down in the right order. Up: map, engine, port, registration. Down: the same backwards,
 * so that gateways stop sending before the node stops answering, and everything acknowledged is checkpointed.
 */
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import {
  advertisedHost,
  listen,
  settledWithin,
  type Announcement,
  type Clock,
  type Listener,
  type MachineAddresses,
  type NodeTransport,
  type Random,
  type Registry,
} from '@trolley/cluster';
import { createNodeApp } from './app.ts';
import type { Engine } from './engine.ts';
import { KnownEpochs } from './known-epochs.ts';
import { reasonsNotReady } from './readiness.ts';
import { RememberingRegistry } from './remembering-registry.ts';
import { AbsenceWatch } from './repair/absence-watch.ts';
import { RepairPeers } from './repair/repair-peers.ts';
import { RepairService } from './repair/repair-service.ts';
import { Throttle } from './repair/throttle.ts';
import type { NodeSettings } from './settings.ts';
import { Shedder } from './sync/shedder.ts';
import { Synchronizer } from './sync/synchronizer.ts';
import { VoteRecovery } from './sync/vote-recovery.ts';
import { takeOverFrames } from './take-over-frames.ts';
import { WorkGate } from './work-gate.ts';

/** What a node needs of the world around it. */
export interface NodeEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly machine: MachineAddresses;
  /** Carries batches to the other nodes. */
  readonly transport: NodeTransport;
  openRegistry(): Registry;
  /** @param onFatal is called when the engine has failed for good: the process must end. */
  openEngine(cluster: ClusterKnowledge, onFatal: (error: Error) => void): Promise<Engine>;
}

/** What the registry told of the cluster before the engine is opened. */
export interface ClusterKnowledge {
  readonly pgCount: number;
  /** Whether the map knows this node's id, or may know it: a data directory that is new was lost then. */
  readonly isKnownToCluster: boolean;
}

/** A node that runs. */
export interface RunningNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Resolves if the engine fails for good; the process should end then. */
  readonly failed: Promise<Error>;
  /** Leaves the cluster, finishes what is in flight, writes a last checkpoint. Safe to call twice. */
  stop(): Promise<void>;
}

/** A registry that does not answer must not keep a node from stopping. */
const WITHDRAW_TIMEOUT_MS = 3_000;

/**
 * Starts a node. What was opened is closed again when a later step fails.
 *
 * @throws ListenError, or what opening the data directory threw.
 */
export async function runNode(settings: NodeSettings, environment: NodeEnvironment): Promise<RunningNode> {
  const { clock, logger } = environment;
  const registry = environment.openRegistry();
  let toClose = registry;
  const opened: (() => Promise<void>)[] = [async () => toClose.close()];
  try {
    const cluster = await askRegistry(registry, settings, environment);
    const failure = new FirstFailure(logger);
    const engine = await environment.openEngine(cluster, (error) => failure.report(error));
    opened.push(async () => engine.close());
    const remembering = new RememberingRegistry({ registry, memory: engine, clock, logger });
    toClose = remembering;
    await remembering.settled();
    return await serve({ settings, environment, registry: remembering, engine, pgCount: cluster.pgCount, failure });
  } catch (error) {
    for (const close of opened.toReversed()) {
      await settledWithin(clock, WITHDRAW_TIMEOUT_MS, close());
    }
    throw error;
  }
}

/** What the map says; a registry that does not tell in time makes for the settings, and for the worse case. */
async function askRegistry(
  registry: Registry,
  settings: NodeSettings,
  { clock, logger }: NodeEnvironment,
): Promise<ClusterKnowledge> {
  const answered = await settledWithin(clock, settings.registryWaitMs, registry.ready());
  if (!answered) {
    logger.warn({ waitedMs: settings.registryWaitMs }, 'the registry does not answer; starting without it');
  }
  const map = registry.view.stored?.map;
  const pgCount = map?.pgCount ?? settings.pgCount;
  if (settings.nodeId === undefined) return { pgCount, isKnownToCluster: false };
  if (map === undefined) return { pgCount, isKnownToCluster: !answered };
  const known = [...map.nodes, ...(map.previousNodes ?? [])];
  return { pgCount, isKnownToCluster: known.some(({ id }) => id === settings.nodeId) };
}

/** Remembers why the engine failed. */
class FirstFailure {
  readonly promise: Promise<Error>;
  message: string | undefined;
  readonly #logger: Logger;
  #resolve: (error: Error) => void = () => undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  report(error: Error): void {
    this.#logger.fatal({ err: error }, 'the storage engine failed; this node must end');
    this.message ??= error.message;
    this.#resolve(error);
  }
}

interface Parts {
  readonly settings: NodeSettings;
  readonly environment: NodeEnvironment;
  readonly registry: RememberingRegistry;
  readonly engine: Engine;
  readonly pgCount: number;
  readonly failure: FirstFailure;
}

async function serve(parts: Parts): Promise<RunningNode> {
  const { settings, environment, registry, engine, failure } = parts;
  const gate = new WorkGate();
  let port = 0;
  let synchronizer: Synchronizer | undefined;
  const fetching = () => synchronizer?.progress;
  // Who goes on from what this node has fetched counts on it to know by which map.
  const synced = () => Math.min(synchronizer?.syncedEpoch ?? 0, engine.rememberedMap?.epoch ?? 0);
  const { pgCount } = parts;
  const epochs = new KnownEpochs({
    fromRegistry: () => registry.toldEpoch,
    synced,
    memory: engine,
  });
  const newestEpoch = () => epochs.newest;
  const repair = new RepairService({
    ...environment,
    settings,
    registry,
    engine,
    pgCount,
    fetching,
    synced,
    newestEpoch,
  });
  const { app, admit } = createApp(parts, { gate, repair, epochs, port: () => port });
  const frames = takeOverFrames({ ...environment, clusterToken: settings.clusterToken, answer: admit });
  const listener = await listen(getRequestListener(app.fetch), settings.host, settings.port, frames);
  port = listener.port;
  const host = advertisedHost(settings.advertisedHost, settings.host, environment.machine);
  const { zone, weight } = settings;
  const doubtfulSinceMs = repair.doubtfulAtStartMs;
  if (doubtfulSinceMs === undefined) gate.open();
  const announcement = registry.announceNode({ id: engine.nodeId, host, port, zone, weight });
  if (doubtfulSinceMs !== undefined) await openAfterAbsence(repair, doubtfulSinceMs, gate, listener);
  const moving = startMoving(parts, { gate, repair, epochs });
  ({ synchronizer } = moving);
  repair.start();
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { recovery, actor } = engine;
  environment.logger.info({ id: engine.nodeId, actor, url, zone, records: recovery.records, recovery }, 'node is up');
  let stopped: Promise<void> | undefined;
  return {
    id: engine.nodeId,
    host,
    port,
    url,
    failed: failure.promise,
    stop: async () => (stopped ??= stop(parts, { gate, ...moving, repair, announcement, listener })),
  };
}

/** Registered, so that nodes that start together can ask each other, but serving only once it may offer what it has. */
async function openAfterAbsence(
  repair: RepairService,
  sinceMs: number,
  gate: WorkGate,
  listener: Listener,
): Promise<void> {
  try {
    await repair.settleAbsence(sinceMs);
  } catch (error) {
    listener.destroy();
    throw error;
  }
  gate.open();
}

/** What fetches the groups that this node gains, lets go of those that it lost to others, and votes again after a loss. */
function startMoving(
  { settings, environment, registry, engine, pgCount }: Parts,
  { gate, repair, epochs }: { readonly gate: WorkGate; readonly repair: RepairService; readonly epochs: KnownEpochs },
) {
  const { clock } = environment;
  const mayFetch = () => gate.phase === 'serving' && !repair.isInDoubt(registry.view.stored?.map.epoch ?? 0);
  const peers = new RepairPeers({ ...environment, nodeId: engine.nodeId, registry });
  const throttle = new Throttle(clock, settings.syncRecordsPerSecond);
  const shared = { ...environment, registry, engine, pgCount, peers, throttle };
  const synchronizer = new Synchronizer({ ...shared, events: repair.events, mayFetch });
  const graceMs = settings.tombstoneGraceMs;
  const shedder = new Shedder({ ...shared, graceMs, newestEpoch: () => epochs.newest });
  const votes = new VoteRecovery({ ...shared, silenceMs: settings.claimTimeoutMs, mayFetch });
  const onSettled = () => {
    synchronizer.startOver();
    votes.startOver();
  };
  const absence = new AbsenceWatch({ ...shared, repair, onSettled });
  return { synchronizer, shedder, votes, absence };
}

function createApp(
  { settings, environment, registry, engine, pgCount, failure }: Parts,
  {
    gate,
    repair,
    epochs,
    port,
  }: {
    readonly gate: WorkGate;
    readonly repair: RepairService;
    readonly epochs: KnownEpochs;
    readonly port: () => number;
  },
) {
  return createNodeApp({
    ...environment,
    ...settings,
    engine,
    gate,
    repair,
    epochs,
    reasonsNotReady: () =>
      reasonsNotReady({
        phase: gate.phase,
        nodeId: engine.nodeId,
        port: port(),
        pgCount,
        view: registry.view,
        readOnlyReason: engine.statistics.readOnlyReason,
        failure: failure.message,
      }),
  });
}

async function closeEngine(engine: Engine, logger: Logger): Promise<void> {
  try {
    await engine.close();
  } catch (error) {
    // Nothing is lost: what was acknowledged is in the journal.
    logger.error({ err: error }, 'the last checkpoint failed');
  }
}

/** What runs on top of the engine. */
interface Serving {
  readonly gate: WorkGate;
  readonly synchronizer: Synchronizer;
  readonly shedder: Shedder;
  readonly votes: VoteRecovery;
  readonly absence: AbsenceWatch;
  readonly repair: RepairService;
  readonly announcement: Announcement;
  readonly listener: Listener;
}

async function stop(
  parts: Parts,
  { gate, synchronizer, shedder, votes, absence, repair, announcement, listener }: Serving,
): Promise<void> {
  const { settings, environment, registry, engine } = parts;
  const { clock, logger, transport } = environment;
  logger.info({ id: engine.nodeId }, 'stopping');
  await settledWithin(clock, WITHDRAW_TIMEOUT_MS, announcement.withdraw());
  if (!(await settledWithin(clock, settings.drainTimeoutMs, gate.close()))) {
    logger.warn({ inFlight: gate.inFlight }, 'stopping with work in flight; whoever asked gets no answer');
  }
  const moving = [synchronizer, shedder, votes, absence];
  const fetchEnded = Promise.all([...moving.map(async (part) => part.stop()), repair.stop()]);
  await transport.close();
  await settledWithin(clock, settings.drainTimeoutMs, fetchEnded);
  await closeEngine(engine, logger);
  if (!(await settledWithin(clock, settings.drainTimeoutMs, listener.close()))) {
    listener.destroy();
  }
  await settledWithin(clock, WITHDRAW_TIMEOUT_MS, registry.close());
  logger.info({ id: engine.nodeId }, 'stopped');
}
