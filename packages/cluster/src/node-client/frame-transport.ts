/*
 * Batches in frames, on a few lasting connections for each node. A connection carries one batch at a time, so that
 * nothing waits behind what takes long, and one that brought no answer in time is given up with it: after a broken
 * network a new one is sooner there. A node that speaks no frames is called over HTTP.
 */
import type { Clock } from '../environment.ts';
import { encodeBatch } from '../frames/batch-frames.ts';
import { FrameError } from '../frames/frame-protocol.ts';
import type { Batch, BatchReply } from '../node-protocol.ts';
import { FrameConnection } from './frame-connection.ts';
import { NodeCallError, originOf, type NodeAddress, type NodeTransport } from './node-transport.ts';
import { openFrameConnection, type OpeningConnection } from './open-frame-connection.ts';

/** What the transport works with. */
export interface FrameTransportOptions {
  /** Sent when a connection is opened, when set. */
  readonly clusterToken: string | undefined;
  readonly clock: Clock;
  /** Takes the batches for nodes that speak no frames. */
  readonly fallback: NodeTransport;
}

/** Batches in flight to one node; callers send far fewer at once. */
const CONNECTIONS_PER_NODE = 16;

/** How long a node that spoke no frames is called otherwise before it is asked again: it may be a newer one by then. */
const FALLBACK_MS = 60_000;

/** One node's connections. */
interface Endpoint {
  readonly all: Set<FrameConnection>;
  /** Those that carry nothing now; the one that was used last is the last. */
  readonly idle: FrameConnection[];
  readonly opening: Set<OpeningConnection>;
  /** Until then, by the monotonic clock, batches go by the other way. */
  fallbackUntilMs: number;
  isForgotten: boolean;
}

/** Carries batches in frames. */
export class FrameTransport implements NodeTransport {
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
    const frame = frameOf(batch);
    const connection = endpoint.idle.pop();
    if (connection === undefined) return this.#sendOnNew(address, endpoint, batch, timeoutMs);
    return connection.exchange(frame, batch.operations.length, timeoutMs);
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
    if (endpoint.all.size + endpoint.opening.size >= CONNECTIONS_PER_NODE) {
      throw new NodeCallError('OVERLOADED', `${CONNECTIONS_PER_NODE} batches wait for this node already`);
    }
    const startedMs = clock.monotonicMs();
    const connection = await this.#open(address, endpoint, timeoutMs);
    const leftMs = Math.max(0, timeoutMs - (clock.monotonicMs() - startedMs));
    if (connection === undefined) return fallback.send(address, batch, leftMs);
    return connection.exchange(frameOf(batch), batch.operations.length, leftMs);
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
      const connection = new FrameConnection(opened, clock, {
        onIdle: (idle) => (endpoint.isForgotten ? idle.destroy() : void endpoint.idle.push(idle)),
        onClosed: (closed) => remove(endpoint, closed),
      });
      if (connection.isOpen) endpoint.all.add(connection);
      return connection;
    } finally {
      timer.cancel();
      endpoint.opening.delete(opening);
    }
  }

  #endpoint(address: NodeAddress): Endpoint {
    const origin = originOf(address);
    let endpoint = this.#endpoints.get(origin);
    if (endpoint === undefined) {
      endpoint = { all: new Set(), idle: [], opening: new Set(), fallbackUntilMs: -Infinity, isForgotten: false };
      this.#endpoints.set(origin, endpoint);
    }
    return endpoint;
  }
}

/** Nothing was sent of a batch that is too long. */
function frameOf(batch: Batch): Buffer {
  try {
    return encodeBatch(batch);
  } catch (error) {
    if (error instanceof FrameError) throw new NodeCallError('TURNED_AWAY', error.message);
    throw error;
  }
}

function remove(endpoint: Endpoint, closed: FrameConnection): void {
  endpoint.all.delete(closed);
  const index = endpoint.idle.indexOf(closed);
  if (index !== -1) endpoint.idle.splice(index, 1);
}

function letGo(endpoint: Endpoint): void {
  endpoint.isForgotten = true;
  for (const opening of endpoint.opening) opening.abandon();
  for (const connection of endpoint.all) connection.destroy();
}
