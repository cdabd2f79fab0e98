/*
 * The storage nodes that can be called: a client for each node that is registered, and for those that
 * were. A node that left the registry is tried only when the others do not suffice: it may be the
 * registry that is wrong, and a cart should still be written.
 */
import { NodeClient, type Clock, type NodeDetails, type NodeTransport, type Registered } from '@trolley/cluster';
import type { GatewayMetrics } from '../metrics.ts';

/** What the peers work with. */
export interface PeersOptions {
  readonly transport: NodeTransport;
  readonly clock: Clock;
  readonly nodeTimeoutMs: number;
  readonly epoch: () => number;
  readonly metrics: Pick<GatewayMetrics, 'batchSent' | 'batchEnded'>;
}

/** A node, whether it is registered, and the client that calls it. */
export interface Peer {
  readonly id: string;
  readonly client: NodeClient;
  readonly up: boolean;
}

interface KnownPeer extends Peer {
  readonly details: Registered<NodeDetails>;
}

/** The clients of all nodes, by node id. */
export class Peers {
  readonly #options: PeersOptions;
  readonly #peers = new Map<string, KnownPeer>();

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** Takes over what the registry says now. `inMap` tells which absent nodes are worth remembering. */
  update(nodes: readonly Registered<NodeDetails>[], inMap: (nodeId: string) => boolean): void {
    const registered = new Map(nodes.map((node) => [node.id, node]));
    const absent = [...this.#peers.values()].filter(({ id }) => !registered.has(id));
    for (const peer of absent) {
      if (inMap(peer.id)) this.#peers.set(peer.id, { ...peer, up: false });
      else this.#forget(peer);
    }
    for (const node of registered.values()) this.#register(node);
  }

  get(nodeId: string): Peer | undefined {
    return this.#peers.get(nodeId);
  }

  /** Every node that is registered. */
  get up(): Peer[] {
    return [...this.#peers.values()].filter((peer) => peer.up);
  }

  /**
   * The peers among these nodes in the order to ask them: those that are up, then those that are up but
   * brought no answer last time, then those that left the registry while they still answered.
   */
  inAskingOrder(nodeIds: readonly string[]): Peer[] {
    const peers: Peer[] = [];
    let areAllSound = true;
    for (const id of nodeIds) {
      const peer = this.#peers.get(id);
      if (peer === undefined) continue;
      peers.push(peer);
      areAllSound &&= peer.up && !peer.client.failing;
    }
    if (areAllSound) return peers;
    const sound = peers.filter((peer) => peer.up && !peer.client.failing);
    const failing = peers.filter((peer) => peer.up && peer.client.failing);
    const gone = peers.filter((peer) => !peer.up && !peer.client.failing);
    return [...sound, ...failing, ...gone];
  }

  #register(details: Registered<NodeDetails>): void {
    const known = this.#peers.get(details.id);
    if (known !== undefined && known.up && known.details.sequence === details.sequence) return;
    const sameProcess =
      known !== undefined && known.details.host === details.host && known.details.port === details.port;
    if (known !== undefined && !sameProcess) this.#forget(known);
    const client = sameProcess ? known.client : this.#connect(details);
    this.#peers.set(details.id, { id: details.id, client, up: true, details });
  }

  #connect(details: NodeDetails): NodeClient {
    const { transport, clock, nodeTimeoutMs, epoch, metrics } = this.#options;
    return new NodeClient({
      nodeId: details.id,
      address: { host: details.host, port: details.port },
      transport,
      clock,
      timeoutMs: nodeTimeoutMs,
      epoch,
      metrics,
    });
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer.id);
    this.#options.transport.forget(peer.client.address);
  }
}
