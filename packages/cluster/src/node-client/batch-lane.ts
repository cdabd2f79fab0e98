/*
 * One lane to one node: at most one batch is in flight, and what is asked meanwhile goes out together
 * in the next. A batch also gathers over a turn or two of the event loop, so that requests that arrived
 * together leave together. Flushing on a microtask instead would send each on its own.
 */
import type { Clock } from '../environment.ts';
import type { NodeOperation, NodeResult } from '../node-protocol.ts';
import { NodeCallError } from './node-transport.ts';
import { atTurnsEnd } from './turns-end.ts';

/** The node's answer to an operation, or why it was held back. */
export type LaneResult =
  | NodeResult
  | { readonly type: 'error'; readonly code: 'STALE_EPOCH'; readonly message: string };

/** An operation on its way. */
export interface LaneCall {
  readonly operation: NodeOperation;
  /** The epoch of the map that it was made under, when it holds under no other. */
  readonly madeUnder: number | undefined;
}

/** What a lane works with. */
export interface LaneOptions {
  readonly clock: Clock;
  /** How long one operation may take, waiting in the lane included. */
  readonly timeoutMs: number;
  /** Turns of the event loop in which a batch gathers. */
  readonly gatherTurns: number;
  /** Operations in one batch; more wait for the next. */
  readonly batchOperationsMax: number;
  /** Operations that may wait; more are turned away. */
  readonly queueMax: number;
  /** Sends one batch and resolves to one result for each call, in order; must settle before long. */
  readonly send: (calls: readonly LaneCall[]) => Promise<readonly LaneResult[]>;
}

/** Timers may come so much before their time. */
const TIMER_EARLY_MS = 1;

interface Waiting extends LaneCall {
  readonly startedMs: number;
  state: 'waiting' | 'sent' | 'given up';
  /** @throws NodeCallError when the result is none to this operation */
  readonly interpret: (result: NodeResult, tookMs: number) => unknown;
  readonly resolve: (interpreted: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A queue of operations for one node, sent in batches, one batch at a time. */
export class BatchLane {
  readonly #options: LaneOptions;
  #queue: Waiting[] = [];
  /** The batch in flight; empty when there is none. */
  #sent: readonly Waiting[] = [];
  #flushPlanned = false;
  /** Whether one is set for the operation that waits longest, or one before it: each has the same time, so they run out in order. */
  #isTimerSet = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /**
   * Resolves to what `interpret` makes of the node's answer.
   *
   * @param interpret is given the time that the answer took, waiting in the lane included
   * @throws NodeCallError
   */
  call<T>(
    operation: NodeOperation,
    madeUnder: number | undefined,
    interpret: (result: NodeResult, tookMs: number) => T,
  ): Promise<T> {
    const { clock, timeoutMs, queueMax } = this.#options;
    if (this.#queue.length >= queueMax) {
      return Promise.reject(new NodeCallError('OVERLOADED', `${queueMax} operations wait for this node already`));
    }
    const startedMs = clock.monotonicMs();
    if (!this.#isTimerSet) this.#setTimer(timeoutMs);
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        operation,
        madeUnder,
        startedMs,
        state: 'waiting',
        interpret,
        resolve: resolve as Waiting['resolve'],
        reject,
      });
      this.#plan();
    });
  }

  #setTimer(delayMs: number): void {
    this.#isTimerSet = true;
    this.#options.clock.after(delayMs, () => {
      this.#isTimerSet = false;
      this.#giveUpLate();
    });
  }

  /** Gives up what has waited its time, and sets the timer for what is next. */
  #giveUpLate(): void {
    const { clock, timeoutMs } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const waiting of [...this.#sent, ...this.#queue].filter((each) => !isGivenUp(each))) {
      const leftMs = waiting.startedMs + timeoutMs - nowMs;
      if (leftMs > TIMER_EARLY_MS) {
        this.#setTimer(leftMs);
        return;
      }
      giveUp(waiting, timeoutMs);
    }
  }

  #plan(): void {
    if (this.#sent.length > 0 || this.#flushPlanned || this.#queue.length === 0) return;
    this.#flushPlanned = true;
    atTurnsEnd(this.#options.gatherTurns, () => {
      this.#flushPlanned = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#take();
    if (batch.length === 0) {
      this.#plan();
      return;
    }
    for (const waiting of batch) waiting.state = 'sent';
    this.#sent = batch;
    try {
      const results = await this.#options.send(batch);
      settle(batch, results, this.#options.clock.monotonicMs());
    } catch (error) {
      const failure = error instanceof NodeCallError ? error : new NodeCallError('INTERNAL', String(error));
      for (const waiting of batch) waiting.reject(failure);
    } finally {
      this.#sent = [];
      this.#plan();
    }
  }

  /** The next batch, without those that nobody waits for. */
  #take(): readonly Waiting[] {
    const { batchOperationsMax } = this.#options;
    const first = this.#queue;
    this.#queue = first.length > batchOperationsMax ? first.splice(batchOperationsMax) : [];
    return first.some(isGivenUp) ? first.filter((waiting) => !isGivenUp(waiting)) : first;
  }
}

function isGivenUp({ state }: Waiting): boolean {
  return state === 'given up';
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

function settle(batch: readonly Waiting[], results: readonly LaneResult[], nowMs: number): void {
  for (let index = 0; index < batch.length; index += 1) {
    const waiting = batch[index];
    if (waiting !== undefined && !isGivenUp(waiting)) settleOne(waiting, results[index], nowMs);
  }
}

function settleOne(waiting: Waiting, result: LaneResult | undefined, nowMs: number): void {
  if (result === undefined) {
    waiting.reject(new NodeCallError('INTERNAL', 'the node answered with too few results'));
  } else if (result.type === 'error') {
    waiting.reject(new NodeCallError(result.code, result.message));
  } else {
    try {
      waiting.resolve(waiting.interpret(result, nowMs - waiting.startedMs));
    } catch (error) {
      waiting.reject(error);
    }
  }
}
