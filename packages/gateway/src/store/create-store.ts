/*
 * Puts the store together from its parts.
 */
import { newRequestId, type Clock, type NodeTransport, type Random, type Registry } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { ClusterControl } from '../cluster-control.ts';
import type { ClusterRepair } from '../cluster-repair.ts';
import type { ClusterStatus } from '../cluster-overview.ts';
import type { EventFeed } from '../events.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { GatewaySettings } from '../settings.ts';
import type { Registers } from '../registers.ts';
import type { Store } from '../store.ts';
import { createMapChanger } from './map-changer.ts';
import { ClusterReporter } from './cluster-reporter.ts';
import { ClusterWatcher } from './cluster-watcher.ts';
import { CoordinatedWriter } from './coordinated-writer.ts';
import { DegradedNotice } from './degraded-notice.ts';
import { Handover } from './handover.ts';
import { HintSender } from './hint-sender.ts';
import { list } from './lister.ts';
import { locate } from './locate.ts';
import { MapKeeper } from './map-keeper.ts';
import { MissedWrites } from './missed-writes.ts';
import { createNodeRepairs } from './node-repairs.ts';
import { NodeStatusPoller } from './node-status-poller.ts';
import { Peers } from './peers.ts';
import { QuorumReader, repairEverywhere } from './quorum-reader.ts';
import { createRegisters } from './registers/create-registers.ts';
import { listRegisters } from './registers/list-registers.ts';
import { replicasByMap } from './registers/node-replicas.ts';
import { Repairer } from './repairer.ts';
import { withSharedTimers } from './shared-timers.ts';
import type { StoreContext } from './store-context.ts';
import { WatchedNodes } from './watched-nodes.ts';

/** What a store works with: everything from outside comes in here. */
export interface StoreDependencies {
  readonly registry: Registry;
  readonly transport: NodeTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
  readonly events: EventFeed;
  readonly settings: Pick<
    GatewaySettings,
    | 'replicas'
    | 'pgCount'
    | 'expectedNodes'
    | 'mapSettleMs'
    | 'downOutAfterMs'
    | 'downOutMinInPercent'
    | 'nodeTimeoutMs'
    | 'claimTimeoutMs'
    | 'gatewayId'
    | 'readRepairWatchMs'
  >;
}

/** A running store. */
export interface RunningStore {
  readonly store: Store;
  readonly registers: Registers;
  readonly status: ClusterStatus;
  readonly control: ClusterControl;
  readonly repair: ClusterRepair;
  /** Stops following the registry and lets go of all connections; the registry stays open. */
  close(): Promise<void>;
}

/** A write that left a node out has reached the others, or failed, within so many calls to one. */
const SETTLE_TIMEOUTS = 3;

/** Starts a store on a registry. */
export function createStore(dependencies: StoreDependencies): RunningStore {
  const { registry, transport, clock, random, logger, metrics, events, settings } = dependencies;
  const map = () => registry.view.stored?.map;
  const peers = new Peers({
    transport,
    clock,
    nodeTimeoutMs: settings.nodeTimeoutMs,
    epoch: () => map()?.epoch ?? 0,
    metrics,
  });
  const watched = new WatchedNodes(clock, {
    watchMs: settings.readRepairWatchMs,
    settleMs: SETTLE_TIMEOUTS * settings.nodeTimeoutMs,
  });
  metrics.observeWatched(() => peers.up.filter(({ id }) => watched.isWatched(id)).length);
  const hints = new HintSender({ peers, clock, logger });
  const handover = new Handover({ clock, peers, handoverMs: settings.nodeTimeoutMs });
  const missedWrites = new MissedWrites({ clock, logger, metrics });
  const context: StoreContext = {
    peers,
    watched,
    hints,
    missedWrites,
    handover,
    clock: withSharedTimers(clock),
    logger,
    metrics,
    events,
    map,
  };
  const watcher = new ClusterWatcher({ registry, peers, watched, handover, events, clock });
  const keeper = new MapKeeper({
    registry,
    peers,
    clock,
    random,
    logger,
    events,
    policy: { ...settings, settleMs: settings.mapSettleMs, minInPercent: settings.downOutMinInPercent },
  });
  const status = new ClusterReporter(clock, () => ({
    view: registry.view,
    seen: watcher.seen,
    reports: poller.reports,
    syncedEpochs: keeper.syncedEpochs,
    keptIn: keeper.keptIn,
  }));
  metrics.observeCluster(() => status.overview());
  const poller = new NodeStatusPoller({
    peers,
    events,
    clock,
    onAnswered: (nodeId, report, askedAtMs) => {
      status.notePace();
      watched.heard(nodeId, report, askedAtMs);
    },
    epoch: () => map()?.epoch ?? 0,
    onTurnedAway: () => keeper.turnedAway(),
  });
  return {
    store: assemble(context, newRequestId(random)),
    registers: assembleRegisters(context, dependencies),
    status,
    control: createMapChanger({ registry, clock, logger }),
    repair: createNodeRepairs({ peers, map }),
    async close() {
      poller.stop();
      keeper.stop();
      watcher.stop();
      await transport.close();
    },
  };
}

/** @param name of this process of a gateway; no other has the same */
function assemble(context: StoreContext, name: string): Store {
  const repairer = new Repairer(context, (key) => repairEverywhere(context, key, 'background-repair'));
  const reader = new QuorumReader(context, repairer);
  const writer = new CoordinatedWriter(context, name);
  const notice = new DegradedNotice(context.clock, context.events);
  return {
    async read(key, options) {
      const result = await reader.read(key, options);
      notice.consider('read', key, result.quorum);
      return result;
    },
    async change(key, change, options) {
      const result = await writer.change(key, change, options);
      notice.consider('write', key, result.quorum);
      return result;
    },
    async list(prefix, page, options) {
      const result = await list(context, prefix, page, options);
      notice.consider('list', prefix, result.quorum);
      return result;
    },
    where: (key, options) => locate(context, key, options),
  };
}

function assembleRegisters(context: StoreContext, { clock, random, settings }: StoreDependencies): Registers {
  const { peers, hints, map } = context;
  return {
    ...createRegisters({
      ...context,
      random,
      proposer: proposerName(settings.gatewayId, clock, random),
      replicasOf: (key) => replicasByMap(key, map(), peers),
      epoch: () => map()?.epoch ?? 0,
      missed: (node, key, holders) => hints.missed(node, key, holders),
      claimTimeoutMs: settings.claimTimeoutMs,
    }),
    list: (prefix, page, options) => listRegisters(context, prefix, page, options),
  };
}

/** Names this incarnation of a gateway: no two of them may ever have the same name, not even those of one gateway. */
function proposerName(gatewayId = 'gateway', clock: Clock, random: Random): string {
  return `${gatewayId}.${clock.nowMs().toString(36)}.${newRequestId(random)}`;
}
