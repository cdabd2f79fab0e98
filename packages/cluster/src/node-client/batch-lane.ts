/*
 * One lane to one node: at most one batch is in flight, and what is asked meanwhile goes out together
 * in the next. A batch also gathers over one turn of the event loop, so that requests that arrived
 * together leave together. Flushing on a microtask instead would send each on its own.
 */
import type { Clock, Timer } from '../environment.ts';
import type { NodeOperation, NodeResult } from '../node-protocol.ts';
import { NodeCallError } from './node-transport.ts';

/** The node's answer to an operation, or why it was held back. */
export type LaneResult =
  | NodeResult
  | { readonly type: 'error'; readonly code: 'STALE_EPOCH'; readonly message: string };

/** What a lane works with. */
export interface LaneOptions {
  readonly clock: Clock;
  /** How long one operation may take, waiting in the lane included. */
  readonly timeoutMs: number;
  /** Operations in one batch; more wait for the next. */
  readonly batchOperationsMax: number;
  /** Operations that may wait; more are turned away. */
  readonly queueMax: number;
  /** Sends one batch and resolves to one result for each operation, in order; must settle before long. */
  readonly send: (operations: NodeOperation[]) => Promise<readonly LaneResult[]>;
}

interface Waiting {
  readonly operation: NodeOperation;
  readonly resolve: (result: NodeResult) => void;
  readonly reject: (error: NodeCallError) => void;
  timer: Timer | undefined;
  state: 'waiting' | 'sent' | 'given up';
}

/** A queue of operations for one node, sent in batches, one batch at a time. */
export class BatchLane {
  readonly #options: LaneOptions;
  #queue: Waiting[] = [];
  #inFlight = false;
  #flushPlanned = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Resolves to the node's answer. @throws NodeCallError */
  call(operation: NodeOperation): Promise<NodeResult> {
    const { clock, timeoutMs, queueMax } = this.#options;
    if (this.#queue.length >= queueMax) {
      return Promise.reject(new NodeCallError('OVERLOADED', `${queueMax} operations wait for this node already`));
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { operation, resolve, reject, timer: undefined, state: 'waiting' };
      waiting.timer = clock.after(timeoutMs, () => giveUp(waiting, timeoutMs));
      this.#queue.push(waiting);
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#inFlight || this.#flushPlanned || this.#queue.length === 0) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#queue.splice(0, this.#options.batchOperationsMax).filter(({ state }) => state === 'waiting');
    if (batch.length === 0) {
      this.#plan();
      return;
    }
    for (const waiting of batch) waiting.state = 'sent';
    this.#inFlight = true;
    try {
      settle(batch, await this.#options.send(batch.map((waiting) => waiting.operation)));
    } catch (error) {
      const failure = error instanceof NodeCallError ? error : new NodeCallError('INTERNAL', String(error));
      for (const waiting of batch) {
        waiting.timer?.cancel();
        waiting.reject(failure);
      }
    } finally {
      this.#inFlight = false;
      this.#plan();
    }
  }
}

/** Only what was sent can have been done: the caller must be able to tell. */
function giveUp(waiting: Waiting, timeoutMs: number): void {
  const error =
    waiting.state === 'sent'
      ? new NodeCallError('TIMEOUT', `no answer within ${timeoutMs} ms`)
      : new NodeCallError('OVERLOADED', `the node was busy for ${timeoutMs} ms`);
  waiting.state = 'given up';
  waiting.reject(error);
}

function settle(batch: readonly Waiting[], results: readonly LaneResult[]): void {
  for (const [index, waiting] of batch.entries()) {
    waiting.timer?.cancel();
    const result = results[index];
    if (result === undefined) {
      waiting.reject(new NodeCallError('INTERNAL', `${results.length} answers to ${batch.length} operations`));
    } else if (result.type === 'error') {
      waiting.reject(new NodeCallError(result.code, result.message));
    } else {
      waiting.resolve(result);
    }
  }
}
