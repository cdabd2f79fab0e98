/*
 * What the node counts, for `GET /metrics`. Callers name what happened and know nothing of Prometheus; figures
 * that the engine keeps itself are read from it when someone looks. Labels are few and closed: every distinct
 * value is a time series for ever.
 */
import { Counter, Gauge, Registry, collectDefaultMetrics, type Metric } from 'prom-client';
import {
  PlainCounter,
  PlainHistogram,
  type FetchProgress,
  type NodeOperation,
  type NodeResult,
} from '@trolley/cluster';
import type { Engine } from './engine.ts';
import type { RepairFigures } from './repair/repair-figures.ts';

/** The node's counters. */
export interface NodeMetrics {
  operation(type: NodeOperation['type'], result: NodeResult, seconds: number): void;
  batch(operations: number): void;
  /** All of it in the Prometheus text format. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const SECONDS_BUCKETS = [0.000_25, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const OPERATIONS_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Counters that start at zero, with those of the process (memory, event loop lag) and of the engine. */
export function createNodeMetrics(
  engine: Engine,
  repair: RepairFigures,
  fetching: () => FetchProgress | undefined,
): NodeMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  collectEngine(registry, engine);
  collectRepair(registry, engine, repair);
  collectFetch(registry, fetching);
  return {
    ...operationMetrics(registry),
    async exposition() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function operationMetrics(registry: Registry): Pick<NodeMetrics, 'operation' | 'batch'> {
  const operations = new PlainCounter({
    name: 'trolley_node_operations_total',
    help: 'Operations carried out, by what became of them',
    labelNames: ['type', 'result'],
  });
  const duration = new PlainHistogram({
    name: 'trolley_node_operation_seconds',
    help: 'Time from the start of an operation to its answer, its group commit included',
    labelNames: ['type'],
    buckets: SECONDS_BUCKETS,
  });
  const changed = new PlainCounter({
    name: 'trolley_node_records_changed_total',
    help: 'Operations that changed the record they were sent to',
    labelNames: ['type'],
  });
  const batches = new PlainHistogram({
    name: 'trolley_node_batch_operations',
    help: 'Operations in a batch',
    buckets: OPERATIONS_BUCKETS,
  });
  // The registry asks its metrics for no more than a name and a snapshot, whatever its types say.
  for (const metric of [operations, duration, changed, batches]) registry.registerMetric(metric as unknown as Metric);
  for (const type of ['change', 'adopt', 'merge']) {
    changed.add(0, type);
  }
  return {
    operation(type, result, seconds) {
      operations.add(1, type, labelOf(result));
      duration.observe(seconds, type);
      if (hasChanged(result)) {
        changed.add(1, type);
      }
    },
    batch: (count) => batches.observe(count),
  };
}

function labelOf(result: NodeResult): string {
  switch (result.type) {
    case 'error':
      return result.code;
    case 'refused':
      return 'refused';
    case 'change':
      return result.outcome;
    case 'promised':
    case 'accepted':
    case 'outbid':
    case 'no-vote':
      return result.type;
    case 'draft':
      return result.record === null ? 'refused' : 'drafted';
    case 'adopt':
      return result.outcome;
    case 'withdraw':
      return result.outcome.type;
    case 'merge':
      return result.changed ? 'changed' : 'unchanged';
    case 'read':
    case 'scan':
    case 'status':
    case 'hint':
    case 'digest-groups':
    case 'digest-children':
    case 'digest-entries':
    case 'tombstone-drops':
    case 'highest-promises':
    case 'known-map':
    case 'repair':
      return 'answered';
    case 'drop':
      return result.dropped === null ? 'refused' : 'answered';
    default:
      return result satisfies never;
  }
}

function hasChanged(result: NodeResult): boolean {
  return (
    (result.type === 'merge' && result.changed) ||
    (result.type === 'change' && result.outcome === 'applied') ||
    (result.type === 'adopt' && result.outcome === 'adopted')
  );
}

/** Adds figures that are kept elsewhere, and read when someone looks. */
function readersOf(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    const collector: Gauge = new Gauge({ name, help, registers, collect: () => collector.set(value()) });
  };
  const counter = (name: string, help: string, value: () => number): void => {
    const collector: Counter = new Counter({
      name,
      help,
      registers,
      collect: () => {
        collector.reset();
        collector.inc(value());
      },
    });
  };
  return { gauge, counter };
}

function collectRepair(registry: Registry, engine: Engine, figures: RepairFigures): void {
  const { gauge, counter } = readersOf(registry);
  const repairs: Counter = new Counter({
    name: 'trolley_node_repairs_total',
    help: 'Records that this node brought up to date, here or on another node',
    labelNames: ['why'],
    registers: [registry],
    collect: () => {
      repairs.reset();
      for (const [why, count] of Object.entries(figures.repaired)) repairs.inc({ why }, count);
    },
  });
  gauge('trolley_node_hints_waiting', 'Keys and groups to be pushed to nodes that missed writes', () =>
    engine.hints.nodes.reduce((sum, node) => sum + engine.hints.count(node), 0),
  );
  counter('trolley_node_hints_settled_total', 'Hints that were delivered or needless', () => figures.hintsSettled);
  counter('trolley_node_comparisons_total', 'Comparisons with other replicas', () => figures.comparisons);
  counter(
    'trolley_node_comparisons_equal_total',
    'Comparisons that found every placement group equal',
    () => figures.comparisonsEqual,
  );
  counter(
    'trolley_node_comparisons_failed_total',
    'Comparisons that broke off, to be tried again',
    () => figures.comparisonsFailed,
  );
  counter(
    'trolley_node_tombstones_dropped_total',
    'Deleted records that were forgotten, as every replica had them',
    () => figures.tombstonesDropped,
  );
}

function collectFetch(registry: Registry, fetching: () => FetchProgress | undefined): void {
  const { gauge } = readersOf(registry);
  gauge(
    'trolley_node_fetch_groups',
    'Placement groups that this node fetches from others',
    () => fetching()?.groups ?? 0,
  );
  gauge('trolley_node_fetch_groups_left', 'Those that have yet to come', () => {
    const progress = fetching();
    return progress === undefined ? 0 : progress.groups - progress.groupsDone;
  });
}

function collectEngine(registry: Registry, engine: Engine): void {
  const { gauge, counter } = readersOf(registry);
  gauge('trolley_node_records', 'Records held, deleted ones included', () => engine.statistics.records);
  gauge('trolley_node_record_bytes', 'Characters of keys and records held', () => engine.statistics.bytes);
  gauge(
    'trolley_node_journal_bytes',
    'Bytes of journal since the last checkpoint',
    () => engine.statistics.journalBytes,
  );
  gauge(
    'trolley_node_voteless_groups',
    'Placement groups in which the node may have forgotten promises, and has no vote on registers',
    () => engine.votelessGroups.size,
  );
  gauge('trolley_node_read_only', '1 while the disk takes no writes', () =>
    engine.statistics.readOnlyReason === undefined ? 0 : 1,
  );
  gauge(
    'trolley_node_recovery_set_aside',
    'Files that the last start-up could not trust',
    () => engine.recovery.setAside.length,
  );
  gauge(
    'trolley_node_recovery_incomplete_groups',
    'Placement groups that may lack what was once acknowledged',
    () => engine.incompleteGroups.size,
  );
  counter('trolley_node_commits_total', 'Group commits', () => engine.statistics.commits);
  counter(
    'trolley_node_committed_entries_total',
    'Journal entries in group commits',
    () => engine.statistics.committedEntries,
  );
  counter('trolley_node_checkpoints_total', 'Checkpoints written', () => engine.statistics.checkpoints);
}
