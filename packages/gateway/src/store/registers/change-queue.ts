/*
 * Changes of one register at one gateway, in the order in which they came: each register has at most one attempt under
 * way, which takes all that wait along. So clients of one gateway never outbid each other. Bounded in length and in
 * time: everyone who waits hears at the deadline at the latest.
 */
import type { Timer } from '@trolley/cluster';
import type { RegisterChange, RegisterOptions, RegisterValue, VersionedValue } from '../../registers.ts';
import { StoreError } from '../../store.ts';
import { backoffMs } from './backoff.ts';
import { COMBINED_CHANGES_MAX, memoryOf } from './envelope.ts';
import type { LostRound } from './judge-rounds.ts';
import type { PlannedOutcome } from './plan-changes.ts';
import type { Asked, Attempt } from './proposer.ts';
import type { RegisterContext } from './register-context.ts';

/** Changes that may wait for one register; more are turned away. */
export const WAITING_FOR_ONE_MAX = 1_000;
/** Changes that may wait in all. */
const WAITING_MAX = 20_000;
/** Attempts without a majority in reach, in a row, after which those of whom nothing was written are turned away. */
const OUT_OF_REACH_MAX = 3;

/** What became of a change, and the value after it. */
export interface Settled {
  /** Undefined for one who only wanted the value settled. */
  readonly outcome: PlannedOutcome | undefined;
  readonly value: VersionedValue;
}

interface Waiting extends Asked {
  readonly deadlineMs: number;
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: unknown) => void;
  timer: Timer | undefined;
  isOver: boolean;
  /** Why the last attempt failed. */
  failure: LostRound | undefined;
}

/** What a queue works with. */
export type QueueContext = Pick<RegisterContext, 'clock' | 'random' | 'logger' | 'metrics' | 'claimTimeoutMs'>;

/** The queues of all registers. */
export class ChangeQueue {
  readonly #context: QueueContext;
  readonly #attempt: (key: string, asked: readonly Asked[]) => Promise<Attempt>;
  readonly #waiting = new Map<string, Waiting[]>();
  #count = 0;

  /** @param attempt tries once to make some changes to one register; never called for one that it is at work on */
  constructor(context: QueueContext, attempt: (key: string, asked: readonly Asked[]) => Promise<Attempt>) {
    this.#context = context;
    this.#attempt = attempt;
  }

  /** Has a change made, or, without one, what is under way brought to an end. @throws StoreError */
  submit(
    key: string,
    change: RegisterChange<RegisterValue> | undefined,
    { requestId, askedMs }: RegisterOptions,
  ): Promise<Settled> {
    const { clock, claimTimeoutMs } = this.#context;
    const nowMs = clock.monotonicMs();
    const deadlineMs = Math.min(nowMs, askedMs ?? nowMs) + claimTimeoutMs;
    if (nowMs > deadlineMs) {
      return Promise.reject(new StoreError('QUORUM_NOT_MET', `it took too long: ${key} was not changed`));
    }
    const queue = this.#waiting.get(key);
    if ((queue?.length ?? 0) >= WAITING_FOR_ONE_MAX || this.#count >= WAITING_MAX) {
      return Promise.reject(new StoreError('OVERLOADED', `too many changes wait already: ${key} was not changed`));
    }
    return new Promise((resolve, reject) => {
      const asked: Waiting = {
        change,
        requestId,
        maybeDone: false,
        deadlineMs,
        resolve,
        reject,
        timer: undefined,
        isOver: false,
        failure: undefined,
      };
      asked.timer = clock.after(deadlineMs - nowMs, () => this.#giveUp(key, asked));
      this.#count += 1;
      if (queue !== undefined) {
        queue.push(asked);
        return;
      }
      const added = [asked];
      this.#waiting.set(key, added);
      void this.#work(key, added);
    });
  }

  /** Works until nobody waits any more. */
  async #work(key: string, queue: Waiting[]): Promise<void> {
    let outOfReach = 0;
    for (let failures = 0; queue.length > 0;) {
      this.#giveUpLate(key, queue);
      if (queue.length === 0) break;
      const batch = queue.slice(0, COMBINED_CHANGES_MAX);
      const lost = await this.#tryOnce(key, batch);
      failures = lost === undefined ? 0 : failures + 1;
      outOfReach = lost !== undefined && isOutOfReach(lost) ? outOfReach + 1 : 0;
      for (const asked of batch) {
        if (outOfReach >= OUT_OF_REACH_MAX && !asked.maybeDone) this.#giveUp(key, asked);
      }
      removeOver(queue);
      if (lost !== undefined && queue.length > 0) await this.#pause(backoffMs(failures, this.#context.random));
      removeOver(queue);
    }
    this.#waiting.delete(key);
  }

  /** Undefined when the batch was settled. */
  async #tryOnce(key: string, batch: readonly Waiting[]): Promise<LostRound | undefined> {
    try {
      const attempt = await this.#attempt(key, batch);
      if (attempt.type === 'settled') {
        this.#tell(batch, attempt);
        return undefined;
      }
      for (const asked of batch) asked.failure = attempt;
      return attempt;
    } catch (error) {
      for (const asked of batch) this.#fail(asked, error);
      return undefined;
    }
  }

  #tell(batch: readonly Waiting[], { plan, accepted }: Extract<Attempt, { type: 'settled' }>): void {
    const { envelope } = plan;
    const value = { value: envelope.value, version: accepted[0], memory: memoryOf(envelope) };
    for (const [index, asked] of batch.entries()) {
      if (this.#end(asked)) asked.resolve({ outcome: plan.outcomes[index], value });
    }
  }

  /** After a pause of the process an attempt may be due before the timers are. */
  #giveUpLate(key: string, queue: Waiting[]): void {
    const nowMs = this.#context.clock.monotonicMs();
    for (const asked of queue) if (nowMs > asked.deadlineMs) this.#giveUp(key, asked);
    removeOver(queue);
  }

  #giveUp(key: string, asked: Waiting): void {
    if (asked.isOver) return;
    const { requestId, maybeDone, failure } = asked;
    const error = refusal(key, asked);
    if (error.code === 'OUTCOME_UNKNOWN') this.#context.metrics.registerOutcomeUnknown();
    this.#context.logger.warn(
      { key, requestId, code: error.code, maybeDone, detail: failure?.detail },
      'a change of a register was given up',
    );
    this.#fail(asked, error);
  }

  #fail(asked: Waiting, error: unknown): void {
    const isUnknown =
      asked.maybeDone && !asked.isOver && !(error instanceof StoreError && error.code === 'OUTCOME_UNKNOWN');
    const told = isUnknown ? new StoreError('OUTCOME_UNKNOWN', `the change was sent: ${String(error)}`) : error;
    if (this.#end(asked)) asked.reject(told);
  }

  /** False for one who has heard already. */
  #end(asked: Waiting): boolean {
    if (asked.isOver) return false;
    asked.isOver = true;
    asked.timer?.cancel();
    this.#count -= 1;
    return true;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#context.clock.after(delayMs, resolve));
  }
}

function isOutOfReach({ reason }: LostRound): boolean {
  return reason === 'unreachable' || reason === 'read-only';
}

function removeOver(queue: Waiting[]): void {
  const left = queue.filter(({ isOver }) => !isOver);
  queue.splice(0, queue.length, ...left);
}

/** What to tell one whose change was not made in time. */
function refusal(key: string, { change, maybeDone, failure }: Waiting): StoreError {
  const detail = failure?.detail ?? 'others were before it in the queue';
  if (maybeDone) return new StoreError('OUTCOME_UNKNOWN', `the change of ${key} was sent: ${detail}`);
  if (failure === undefined) return new StoreError('OVERLOADED', `nothing was changed, ${key} was busy: ${detail}`);
  const what = change === undefined ? `${key} could not be read` : 'nothing was changed';
  switch (failure.reason) {
    case 'read-only':
      return new StoreError('READ_ONLY', `${what}: ${detail}`);
    case 'outbid':
    case 'stale-epoch':
    case 'unreachable':
      return new StoreError('QUORUM_NOT_MET', `${what}: ${detail}`);
    default:
      return failure.reason satisfies never;
  }
}
