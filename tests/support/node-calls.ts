/*
 * Calls one storage node as gateways do, in batches over HTTP.
 */
import { HttpTransport, NodeClient, systemClock } from '@trolley/cluster';
import type { TestProcess } from './process.ts';

/** Long enough that only a dead node does not answer in time. */
const CALL_TIMEOUT_MS = 20_000;

/** Some connections to one node. */
export interface NodeCalls extends AsyncDisposable {
  /** The client for the index-th caller; callers share clients evenly. */
  client(index: number): NodeClient;
}

/** Opens so many clients of a node, each with batches of its own, so that batches overlap at the node. */
export function callNode(node: TestProcess, clientCount: number): NodeCalls {
  const { hostname: host, port } = new URL(node.url);
  const clients = Array.from({ length: clientCount }, () => {
    const transport = new HttpTransport({ clusterToken: undefined });
    const client = new NodeClient({
      nodeId: String(node.ready['id']),
      address: { host, port: Number(port) },
      transport,
      clock: systemClock,
      timeoutMs: CALL_TIMEOUT_MS,
      // No test that calls nodes itself has a map with a higher epoch.
      epoch: () => Number.MAX_SAFE_INTEGER,
      metrics: { batchSent: () => {}, batchEnded: () => {} },
    });
    return { client, transport };
  });
  return {
    client(index) {
      const found = clients[index % clients.length];
      if (found === undefined) throw new Error('there is no client');
      return found.client;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map(async ({ transport }) => transport.close()));
    },
  };
}
