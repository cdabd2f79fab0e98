/*
 * What the gateway counts, for `GET /metrics`. Callers name what happened and know nothing of
 * Prometheus. Labels are few and closed (a route's template, never a path): every distinct value is a time
 * series for ever.
 */
import { PlainCounter, PlainHistogram } from '@trolley/cluster';
import { Counter, Gauge, Registry, collectDefaultMetrics, type Metric } from 'prom-client';
import type { ClusterOverview } from './cluster-overview.ts';
import type { ClusterEvent } from './events.ts';

/** How an operation on a node ended. */
type NodeCallOutcome = 'answered' | 'timeout' | 'failed';

/** What the replicas of a register are asked. */
type RegisterRound = 'prepare' | 'accept' | 'read';

/** Won: a majority did it, or agreed. */
type RegisterRoundOutcome = 'won' | 'differ' | 'outbid' | 'stale-epoch' | 'read-only' | 'unreachable';

/** What a sweep made of a piece of work; of what failed, or is open yet, the next one will try to make more. */
type SweepOutcome = 'finished' | 'open' | 'failed';

/** One HTTP request, finished. */
interface FinishedRequest {
  readonly method: string;
  /** The route's template, as `/cluster/nodes/{id}/kill`; `unmatched` for paths that do not exist. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** The gateway's counters. */
export interface GatewayMetrics {
  httpRequest(request: FinishedRequest): void;
  /** A reply that fewer replicas stood behind than were asked for. */
  degradedReply(): void;
  /** A batch of so many operations left for a node. */
  batchSent(node: string, lane: string, operations: number): void;
  /** A batch came back from a node, or did not. */
  batchEnded(node: string, lane: string, outcome: NodeCallOutcome, seconds: number): void;
  /** A stale replica was brought up to date. */
  repaired(why: 'read'): void;
  /** A replica missed a write, which others push to it later. */
  missedWrite(node: string): void;
  /** Something happened in the cluster, as the event feed tells it. */
  event(type: ClusterEvent['type']): void;
  /** A further replica was asked because an answer was late. */
  hedged(): void;
  /** A write went to the next replica because the first one could not coordinate it. */
  coordinatorFallback(): void;
  /** The replicas of a register were asked something. */
  registerRound(round: RegisterRound, outcome: RegisterRoundOutcome): void;
  /** A write of a register was accepted by a majority. */
  registerCommit(path: 'one-round-trip' | 'prepared'): void;
  /** A change of a register was given up without knowing whether it was made. */
  registerOutcomeUnknown(): void;
  /** A sweep took up work that was open for long. */
  openWorkSwept(outcome: SweepOutcome): void;
  /** Has the state of the cluster shown too, looked up when someone reads the metrics. */
  observeCluster(overview: () => ClusterOverview): void;
  /** Has the number of nodes shown that reads look at on top of their quorum. */
  observeWatched(count: () => number): void;
  /** All of it in the Prometheus text format. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const OPERATIONS_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Counters that start at zero, with those of the process (memory, event loop lag). */
export function createGatewayMetrics(): GatewayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    ...httpMetrics(registry),
    ...nodeMetrics(registry),
    ...replicationMetrics(registry),
    ...registerMetrics(registry),
    observeCluster: (overview) => clusterMetrics(registry, overview),
    observeWatched: (count) => watchedMetric(registry, count),
    async exposition() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** The registry asks its metrics for no more than a name and a snapshot, whatever its types say. */
function take(registry: Registry, ...metrics: readonly (PlainCounter | PlainHistogram)[]): void {
  for (const metric of metrics) registry.registerMetric(metric as unknown as Metric);
}

function httpMetrics(registry: Registry): Pick<GatewayMetrics, 'httpRequest' | 'degradedReply'> {
  const requests = new PlainCounter({
    name: 'trolley_gateway_http_requests_total',
    help: 'HTTP requests that were answered',
    labelNames: ['method', 'route', 'status'],
  });
  const duration = new PlainHistogram({
    name: 'trolley_gateway_http_request_seconds',
    help: 'Time from the arrival of a request to its answer',
    labelNames: ['method', 'route'],
    buckets: SECONDS_BUCKETS,
  });
  take(registry, requests, duration);
  const degraded = new Counter({
    name: 'trolley_gateway_degraded_replies_total',
    help: 'Replies that fewer replicas stood behind than were asked for',
    registers: [registry],
  });
  return {
    httpRequest({ method, route, status, seconds }) {
      requests.add(1, method, route, String(status));
      duration.observe(seconds, method, route);
    },
    degradedReply: () => degraded.inc(),
  };
}

function nodeMetrics(registry: Registry): Pick<GatewayMetrics, 'batchSent' | 'batchEnded'> {
  const operations = new PlainHistogram({
    name: 'trolley_gateway_batch_operations',
    help: 'Operations in a batch that was sent to a node',
    labelNames: ['node', 'lane'],
    buckets: OPERATIONS_BUCKETS,
  });
  const duration = new PlainHistogram({
    name: 'trolley_gateway_batch_seconds',
    help: 'Time from sending a batch to its answer',
    labelNames: ['node', 'lane', 'outcome'],
    buckets: SECONDS_BUCKETS,
  });
  take(registry, operations, duration);
  return {
    batchSent: (node, lane, count) => operations.observe(count, node, lane),
    batchEnded: (node, lane, outcome, seconds) => duration.observe(seconds, node, lane, outcome),
  };
}

function replicationMetrics(
  registry: Registry,
): Pick<GatewayMetrics, 'repaired' | 'missedWrite' | 'event' | 'hedged' | 'coordinatorFallback'> {
  const repairs = new Counter({
    name: 'trolley_gateway_repairs_total',
    help: 'Stale replicas that were brought up to date',
    labelNames: ['why'],
    registers: [registry],
  });
  const missed = new Counter({
    name: 'trolley_gateway_missed_writes_total',
    help: 'Writes that a replica missed, and that others push to it later',
    labelNames: ['node'],
    registers: [registry],
  });
  const events = new Counter({
    name: 'trolley_gateway_events_total',
    help: 'What happened in the cluster, as GET /cluster/events tells it',
    labelNames: ['type'],
    registers: [registry],
  });
  const hedges = new Counter({
    name: 'trolley_gateway_hedged_reads_total',
    help: 'Further replicas asked because an answer was late',
    registers: [registry],
  });
  const fallbacks = new Counter({
    name: 'trolley_gateway_coordinator_fallbacks_total',
    help: 'Writes that went to another coordinator than the first choice',
    registers: [registry],
  });
  return {
    repaired: (why) => repairs.inc({ why }),
    missedWrite: (node) => missed.inc({ node }),
    event: (type) => events.inc({ type }),
    hedged: () => hedges.inc(),
    coordinatorFallback: () => fallbacks.inc(),
  };
}

function registerMetrics(
  registry: Registry,
): Pick<GatewayMetrics, 'registerRound' | 'registerCommit' | 'registerOutcomeUnknown' | 'openWorkSwept'> {
  const rounds = new Counter({
    name: 'trolley_gateway_register_rounds_total',
    help: 'Rounds of questions to the replicas of a register, by how they ended; outbid ones are conflicts',
    labelNames: ['round', 'outcome'],
    registers: [registry],
  });
  const commits = new Counter({
    name: 'trolley_gateway_register_commits_total',
    help: 'Writes of registers that a majority accepted, by whether they needed a prepare first',
    labelNames: ['path'],
    registers: [registry],
  });
  const unknown = new Counter({
    name: 'trolley_gateway_register_unknown_outcomes_total',
    help: 'Changes of registers that were given up without knowing whether they were made',
    registers: [registry],
  });
  const swept = new Counter({
    name: 'trolley_gateway_open_work_swept_total',
    help: 'Reservations and orders that were left half done and taken up by a sweep, by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    registerRound: (round, outcome) => rounds.inc({ round, outcome }),
    registerCommit: (path) => commits.inc({ path }),
    registerOutcomeUnknown: () => unknown.inc(),
    openWorkSwept: (outcome) => swept.inc({ outcome }),
  };
}

function watchedMetric(registry: Registry, count: () => number): void {
  const watched: Gauge = new Gauge({
    name: 'trolley_gateway_watched_nodes',
    help: 'Nodes that may have missed writes, so that reads ask them on top of their quorum',
    registers: [registry],
    collect: () => watched.set(count()),
  });
}

function clusterMetrics(registry: Registry, overview: () => ClusterOverview): void {
  const registers = [registry];
  const nodes: Gauge = new Gauge({
    name: 'trolley_gateway_nodes',
    help: 'Storage nodes, by whether the map places data on them and whether they are up',
    labelNames: ['state', 'up'],
    registers,
    collect: () => {
      nodes.reset();
      for (const { state, up } of overview().nodes) nodes.inc({ state, up: String(up) });
    },
  });
  const groups: Gauge = new Gauge({
    name: 'trolley_gateway_placement_groups',
    help: 'Placement groups by state',
    labelNames: ['state'],
    registers,
    collect: () => {
      for (const [state, count] of Object.entries(overview().groupCounts ?? {})) groups.set({ state }, count);
    },
  });
  const gauge = (name: string, help: string, value: (overview: ClusterOverview) => number): void => {
    const collector: Gauge = new Gauge({ name, help, registers, collect: () => collector.set(value(overview())) });
  };
  gauge('trolley_gateway_map_epoch', 'The epoch of the cluster map', ({ epoch }) => epoch ?? 0);
  const hints: Gauge = new Gauge({
    name: 'trolley_gateway_hints_waiting',
    help: 'Keys that wait to be pushed to a node that missed writes to them',
    labelNames: ['node'],
    registers,
    collect: () => {
      hints.reset();
      for (const { id, hintsWaiting } of overview().nodes) hints.set({ node: id }, hintsWaiting);
    },
  });
  gauge(
    'trolley_gateway_move_groups_left',
    'Placement groups that have yet to reach the nodes that gain them',
    ({ move }) => (move === undefined ? 0 : move.groups - move.groupsDone),
  );
}
