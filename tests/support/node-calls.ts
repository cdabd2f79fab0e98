/*
 * Calls one storage node as gateways do, in batches.
 */
import { NodeClient, openNodeTransport, systemClock, type NodeChange } from '@trolley/cluster';
import type { Change } from '@trolley/records';
import type { TestProcess } from './process.ts';

/** Long enough that only a dead node does not answer in time. */
const CALL_TIMEOUT_MS = 20_000;

/** Some connections to one node. */
export interface NodeCalls extends AsyncDisposable {
  /** The client for the index-th caller; callers share clients evenly. */
  client(index: number): NodeClient;
  /** Has the node make a change to what it holds itself. */
  change(index: number, key: string, change: Change, requestId: string): Promise<NodeChange>;
}

/**
 * Opens so many clients of a node, each with batches of its own, so that batches overlap at the node.
 *
 * @param epoch of the map that the cluster has; a node turns away whoever works with an older one
 */
export function callNode(node: TestProcess, clientCount: number, epoch = 0): NodeCalls {
  const { hostname: host, port } = new URL(node.url);
  const clients = Array.from({ length: clientCount }, () => {
    const transport = openNodeTransport({ clusterToken: undefined });
    const client = new NodeClient({
      nodeId: String(node.ready['id']),
      address: { host, port: Number(port) },
      transport,
      clock: systemClock,
      timeoutMs: CALL_TIMEOUT_MS,
      epoch: () => epoch,
      metrics: { batchSent: () => {}, batchEnded: () => {} },
    });
    return { client, transport };
  });
  const client = (index: number) => {
    const found = clients[index % clients.length];
    if (found === undefined) throw new Error('there is no client');
    return found.client;
  };
  return {
    client,
    change: async (index, key, change, requestId) =>
      client(index).change(key, change, { base: undefined, madeUnder: epoch }, requestId),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map(async ({ transport }) => transport.close()));
    },
  };
}
