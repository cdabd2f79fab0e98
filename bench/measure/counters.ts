/*
 * What gateway and nodes have counted since they started, taken from their /metrics, and what was counted between
 * two such looks.
 */
import { getText } from '../system/client.ts';
import { parseMetrics, sumOf, type Sample } from './metrics-text.ts';

/** Counts since the start. */
export interface Counters {
  /** Batches that the gateway sent to nodes, and the operations in them, by lane. */
  readonly readBatches: number;
  readonly readOperations: number;
  readonly writeBatches: number;
  readonly writeOperations: number;
  /** Further replicas that the gateway asked because an answer was late. */
  readonly hedges: number;
  /** Writes that went to another coordinator than the first choice. */
  readonly coordinatorFallbacks: number;
  /** Group commits of all nodes, and the journal entries in them. */
  readonly commits: number;
  readonly committedEntries: number;
  /** Additions to carts that the gateway acknowledged, and that it answered otherwise. */
  readonly additions: number;
  readonly additionsRefused: number;
}

/** How well work was put together between two looks; a mean is undefined where there was none. */
export interface Grouping {
  readonly readBatches: number;
  readonly writeBatches: number;
  readonly commits: number;
  readonly operationsPerReadBatch: number | undefined;
  readonly operationsPerWriteBatch: number | undefined;
  readonly entriesPerCommit: number | undefined;
}

/** Looks at the counters of all gateways and nodes. @throws when one does not answer. */
export async function readCounters(gatewayUrls: readonly string[], nodeUrls: readonly string[]): Promise<Counters> {
  const [gateways, nodes] = await Promise.all([metricsOf(gatewayUrls), metricsOf(nodeUrls)]);
  return countersIn(gateways, nodes);
}

async function metricsOf(urls: readonly string[]): Promise<readonly Sample[]> {
  const texts = await Promise.all(urls.map((url) => getText(`${url}/metrics`)));
  return texts.flatMap(parseMetrics);
}

/** The counters in the metrics of all gateways and of all nodes. */
export function countersIn(gateway: readonly Sample[], nodes: readonly Sample[]): Counters {
  const batches = (what: 'count' | 'sum', lane: string) =>
    sumOf(gateway, `trolley_gateway_batch_operations_${what}`, { lane });
  const additions = { method: 'POST', route: '/addtocart' };
  const answered = (labels: Record<string, string>) => sumOf(gateway, 'trolley_gateway_http_requests_total', labels);
  const acknowledged = answered({ ...additions, status: '200' });
  return {
    readBatches: batches('count', 'read'),
    readOperations: batches('sum', 'read'),
    writeBatches: batches('count', 'write'),
    writeOperations: batches('sum', 'write'),
    hedges: sumOf(gateway, 'trolley_gateway_hedged_reads_total'),
    coordinatorFallbacks: sumOf(gateway, 'trolley_gateway_coordinator_fallbacks_total'),
    commits: sumOf(nodes, 'trolley_node_commits_total'),
    committedEntries: sumOf(nodes, 'trolley_node_committed_entries_total'),
    additions: acknowledged,
    additionsRefused: answered(additions) - acknowledged,
  };
}

/** How work was put together between two looks. */
export function groupingBetween(before: Counters, after: Counters): Grouping {
  const mean = (sum: keyof Counters, count: keyof Counters): number | undefined => {
    const times = after[count] - before[count];
    return times === 0 ? undefined : (after[sum] - before[sum]) / times;
  };
  return {
    readBatches: after.readBatches - before.readBatches,
    writeBatches: after.writeBatches - before.writeBatches,
    commits: after.commits - before.commits,
    operationsPerReadBatch: mean('readOperations', 'readBatches'),
    operationsPerWriteBatch: mean('writeOperations', 'writeBatches'),
    entriesPerCommit: mean('committedEntries', 'commits'),
  };
}
