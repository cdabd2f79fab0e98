/*
 * Has nodes compare with each other, and asks how far they are: one call to each node that holds data.
 */
import type { NodeClient, RepairRun } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { ClusterRepair, NodeRepair } from '../cluster-repair.ts';
import type { Peers } from './peers.ts';

/** What the calls work with. */
export interface NodeRepairsOptions {
  readonly peers: Pick<Peers, 'get'>;
  /** The newest cluster map; undefined until there is one. */
  readonly map: () => ClusterMap | undefined;
}

type Call = (client: NodeClient) => Promise<RepairRun | undefined>;

/** The full comparisons of the nodes of a map. */
export function createNodeRepairs({ peers, map }: NodeRepairsOptions): ClusterRepair {
  const askEach = (ids: readonly string[], call: Call) => Promise.all(ids.map(async (id) => ask(peers, id, call)));
  return {
    async begin(nodeId, requestId) {
      const holding = holdingNodes(map());
      if (nodeId !== undefined && !holding.includes(nodeId)) return undefined;
      return askEach(nodeId === undefined ? holding : [nodeId], (client) => client.beginRepair(requestId));
    },
    runs: (requestId) => askEach(holdingNodes(map()), (client) => client.repairRun(requestId)),
  };
}

async function ask(peers: NodeRepairsOptions['peers'], node: string, call: Call): Promise<NodeRepair> {
  const peer = peers.get(node);
  if (peer?.up !== true) return { node, up: false, run: null, error: null };
  try {
    return { node, up: true, run: (await call(peer.client)) ?? null, error: null };
  } catch (error) {
    return { node, up: true, run: null, error: error instanceof Error ? error.message : String(error) };
  }
}

/** The nodes on which data is placed, or was before it began to move, ordered by id. */
function holdingNodes(map: ClusterMap | undefined): readonly string[] {
  const nodes = [...(map?.nodes ?? []), ...(map?.previousNodes ?? [])];
  return [...new Set(nodes.filter(({ state }) => state === 'in').map(({ id }) => id))].toSorted();
}
