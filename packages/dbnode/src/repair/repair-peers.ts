/*
 * The other nodes that are up, as this node calls them for repair: one client for each registration.
 */
import { NodeClient, type Clock, type NodeTransport, type Registry } from '@trolley/cluster';

/** Repair waits longer than clients do: nobody waits for it. */
const CALL_TIMEOUT_MS = 10_000;

/** What the peers work with. */
export interface RepairPeersOptions {
  readonly nodeId: string;
  readonly registry: Registry;
  readonly transport: NodeTransport;
  readonly clock: Clock;
}

/** A node that is up, and the number of its registration. */
export interface RepairPeer {
  readonly id: string;
  readonly sequence: number;
  readonly client: NodeClient;
}

/** Clients of the nodes that are registered now. */
export class RepairPeers {
  readonly #options: RepairPeersOptions;
  readonly #peers = new Map<string, RepairPeer>();

  constructor(options: RepairPeersOptions) {
    this.#options = options;
  }

  /** Every other node that is up. */
  get up(): readonly RepairPeer[] {
    const { nodeId, registry } = this.#options;
    const others = registry.view.nodes.filter(({ id }) => id !== nodeId);
    const ids = new Set(others.map(({ id }) => id));
    for (const id of this.#peers.keys()) if (!ids.has(id)) this.#peers.delete(id);
    return others.map((details) => this.#peer(details));
  }

  /** The node, when it is another one that is up. */
  get(nodeId: string): RepairPeer | undefined {
    return this.up.find(({ id }) => id === nodeId);
  }

  #peer({ id, host, port, sequence }: Registry['view']['nodes'][number]): RepairPeer {
    const known = this.#peers.get(id);
    if (known?.sequence === sequence) return known;
    const { registry, transport, clock } = this.#options;
    const client = new NodeClient({
      nodeId: id,
      address: { host, port },
      transport,
      clock,
      timeoutMs: CALL_TIMEOUT_MS,
      epoch: () => registry.view.stored?.map.epoch ?? 0,
      // A node that was cut off must not, when it is back, offer what it meant to before: others may have forgotten it.
      isBoundToMap: true,
      metrics: { batchSent: () => {}, batchEnded: () => {} },
    });
    const peer = { id, sequence, client };
    this.#peers.set(id, peer);
    return peer;
  }
}
