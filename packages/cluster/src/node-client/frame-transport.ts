/*
 * Batches in frames, on one lasting connection for each node, so that what is sent in one turn of the event loop wakes the
 * node once. After a batch that was not answered in time the next go out on a new connection: after a broken network
 * that is sooner there than the old. A node that speaks no frames is called over HTTP.
 */
import type { Clock } from '../environment.ts';
import { BATCHES_IN_FLIGHT_MAX } from '../frames/frame-protocol.ts';
import type { Batch, BatchReply } from '../node-protocol.ts';
import { FrameConnection } from './frame-connection.ts';
import { NodeCallError, originOf, type NodeAddress, type NodeTransport } from './node-transport.ts';
import { openFrameConnection, type OpenedConnection, type OpeningConnection } from './open-frame-connection.ts';

/** What the transport works with. */
export interface FrameTransportOptions {
  /** Sent when a connection is opened, when set. */
  readonly clusterToken: string | undefined;
  readonly clock: Clock;
  /** Takes the batches for nodes that speak no frames. */
  readonly fallback: NodeTransport;
}

/** How long a node that spoke no frames is called otherwise before it is asked again: it may be a newer one by then. */
const FALLBACK_MS = 60_000;

/** One node's connections. */
interface Endpoint {
  /** The one that takes batches. */
  current: FrameConnection | undefined;
  /** With those that only wait for the last answers. */
  readonly all: Set<FrameConnection>;
  readonly opening: Set<OpeningConnection>;
  /** Callers send far fewer at once than may be in flight. */
  batchesInFlight: number;
  /** Until then, by the monotonic clock, batches go by the other way. */
  fallbackUntilMs: number;
  isForgotten: boolean;
}

/** Carries batches in frames. */
export class FrameTransport implements NodeTransport {
  readonly gatherTurns = 2;
  readonly #options: FrameTransportOptions;
  readonly #endpoints = new Map<string, Endpoint>();

  constructor(options: FrameTransportOptions) {
    this.#options = options;
  }

  async send(address: NodeAddress, batch: Batch, timeoutMs: number): Promise<BatchReply> {
    const endpoint = this.#endpoint(address);
    if (endpoint.fallbackUntilMs > this.#options.clock.monotonicMs()) {
      return this.#options.fallback.send(address, batch, timeoutMs);
    }
    if (endpoint.batchesInFlight >= BATCHES_IN_FLIGHT_MAX) {
      throw new NodeCallError('OVERLOADED', `${BATCHES_IN_FLIGHT_MAX} batches wait for this node already`);
    }
    endpoint.batchesInFlight += 1;
    try {
      const { current } = endpoint;
      return await (current?.exchange(batch, timeoutMs) ?? this.#sendOnNew(address, endpoint, batch, timeoutMs));
    } finally {
      endpoint.batchesInFlight -= 1;
    }
  }

  forget(address: NodeAddress): void {
    const origin = originOf(address);
    const endpoint = this.#endpoints.get(origin);
    this.#endpoints.delete(origin);
    if (endpoint !== undefined) letGo(endpoint);
    this.#options.fallback.forget(address);
  }

  async close(): Promise<void> {
    const endpoints = [...this.#endpoints.values()];
    this.#endpoints.clear();
    for (const endpoint of endpoints) letGo(endpoint);
    await this.#options.fallback.close();
  }

  async #sendOnNew(address: NodeAddress, endpoint: Endpoint, batch: Batch, timeoutMs: number): Promise<BatchReply> {
    const { clock, fallback } = this.#options;
    const startedMs = clock.monotonicMs();
    const connection = await this.#open(address, endpoint, timeoutMs);
    const leftMs = Math.max(0, timeoutMs - (clock.monotonicMs() - startedMs));
    if (connection === undefined) return fallback.send(address, batch, leftMs);
    return connection.exchange(batch, leftMs);
  }

  async #open(address: NodeAddress, endpoint: Endpoint, timeoutMs: number): Promise<FrameConnection | undefined> {
    const { clock, clusterToken } = this.#options;
    const opening = openFrameConnection(address, clusterToken);
    const timer = clock.after(timeoutMs, () => opening.abandon());
    endpoint.opening.add(opening);
    try {
      const opened = await opening.opened;
      if (opened === undefined) {
        endpoint.fallbackUntilMs = clock.monotonicMs() + FALLBACK_MS;
        return undefined;
      }
      return take(endpoint, opened, clock);
    } finally {
      timer.cancel();
      endpoint.opening.delete(opening);
    }
  }

  #endpoint(address: NodeAddress): Endpoint {
    const origin = originOf(address);
    let endpoint = this.#endpoints.get(origin);
    if (endpoint === undefined) {
      endpoint = {
        current: undefined,
        all: new Set(),
        opening: new Set(),
        batchesInFlight: 0,
        fallbackUntilMs: -Infinity,
        isForgotten: false,
      };
      this.#endpoints.set(origin, endpoint);
    }
    return endpoint;
  }
}

/** The connection to send on: this one, unless another came about meanwhile. */
function take(endpoint: Endpoint, opened: OpenedConnection, clock: Clock): FrameConnection {
  const { current, isForgotten } = endpoint;
  if (isForgotten || current !== undefined) opened.socket.destroy();
  if (isForgotten) throw new NodeCallError('UNREACHABLE', 'the node was let go of before the connection was open');
  if (current !== undefined) return current;
  const connection: FrameConnection = new FrameConnection(opened, clock, {
    onRetired: (retired) => replace(endpoint, retired),
    onClosed: (closed) => {
      replace(endpoint, closed);
      endpoint.all.delete(closed);
    },
  });
  if (connection.isOpen) {
    endpoint.all.add(connection);
    endpoint.current = connection;
  }
  return connection;
}

/** The next batch opens another. */
function replace(endpoint: Endpoint, connection: FrameConnection): void {
  if (endpoint.current === connection) endpoint.current = undefined;
}

function letGo(endpoint: Endpoint): void {
  endpoint.isForgotten = true;
  for (const opening of endpoint.opening) opening.abandon();
  for (const connection of endpoint.all) connection.destroy();
}
