/*
 * Batches over HTTP, on a few keep-alive connections for each node. An answer is trusted in form only
 * as far as a batch needs: one result for each operation.
 */
import { Pool, errors } from 'undici';
import { BATCH_PATH, type Batch, type BatchReply } from '../node-protocol.ts';
import { systemClock } from '../system-clock.ts';
import { notAReply, timedOut, turnedAway } from './call-errors.ts';
import { NodeCallError, originOf, type NodeAddress, type NodeTransport } from './node-transport.ts';

/** One connection for each lane, and one to spare for when a late answer still holds its own. */
const CONNECTIONS_PER_NODE = 3;

/** What the transport works with. */
export interface HttpTransportOptions {
  /** Sent as a bearer token when set. */
  readonly clusterToken: string | undefined;
}

/** Carries batches as `POST /batch`. */
export class HttpTransport implements NodeTransport {
  readonly #pools = new Map<string, Pool>();
  readonly #headers: Record<string, string>;

  constructor({ clusterToken }: HttpTransportOptions) {
    this.#headers = { 'content-type': 'application/json' };
    if (clusterToken !== undefined) this.#headers['authorization'] = `Bearer ${clusterToken}`;
  }

  async send(address: NodeAddress, batch: Batch, timeoutMs: number): Promise<BatchReply> {
    // AbortSignal.timeout cannot be called off: its timer would go off, and make an error, for every batch of the last
    // seconds. This one is gone once the answer is there.
    const deadline = new AbortController();
    const timer = systemClock.after(timeoutMs, () => deadline.abort(timedOut(timeoutMs)));
    try {
      const { statusCode, body } = await this.#pool(address).request({
        path: BATCH_PATH,
        method: 'POST',
        headers: this.#headers,
        body: JSON.stringify(batch),
        signal: deadline.signal,
      });
      const reply: unknown = await body.json();
      if (statusCode !== 200) throw refusal(statusCode, reply);
      return checkedReply(reply, batch);
    } catch (error) {
      throw asNodeCallError(error);
    } finally {
      timer.cancel();
    }
  }

  forget(address: NodeAddress): void {
    const origin = originOf(address);
    const pool = this.#pools.get(origin);
    this.#pools.delete(origin);
    // In-flight requests fail with it, and their callers hear of that.
    void pool?.destroy();
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #pool(address: NodeAddress): Pool {
    const origin = originOf(address);
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, { connections: CONNECTIONS_PER_NODE, pipelining: 1, keepAliveTimeout: 30_000 });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

function refusal(statusCode: number, reply: unknown): NodeCallError {
  const { detail, code } = isObject(reply) ? reply : {};
  return turnedAway(statusCode, code, typeof detail === 'string' ? detail : undefined);
}

function checkedReply(reply: unknown, batch: Batch): BatchReply {
  if (isBatchReply(reply) && reply.results.length === batch.operations.length) return reply;
  throw notAReply();
}

function isBatchReply(value: unknown): value is BatchReply {
  return (
    isObject(value) &&
    Array.isArray(value['results']) &&
    typeof value['epoch'] === 'number' &&
    typeof value['syncedEpoch'] === 'number'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** A connection that is open can end so too, after what was sent on it has arrived. */
const NEVER_SENT_WHILE_CONNECTING = new Set(['EHOSTUNREACH', 'ENETUNREACH']);

function wasNeverSent(error: unknown, code: string): boolean {
  const isConnecting = isObject(error) && error['syscall'] === 'connect';
  return NEVER_SENT.has(code) || (isConnecting && NEVER_SENT_WHILE_CONNECTING.has(code));
}

function asNodeCallError(error: unknown): NodeCallError {
  if (error instanceof NodeCallError) return error;
  const code = isObject(error) && typeof error['code'] === 'string' ? error['code'] : undefined;
  const neverSent = error instanceof errors.ConnectTimeoutError || (code !== undefined && wasNeverSent(error, code));
  const message = error instanceof Error ? error.message : String(error);
  return new NodeCallError(neverSent ? 'UNREACHABLE' : 'CONNECTION_LOST', message || code || 'no connection');
}
