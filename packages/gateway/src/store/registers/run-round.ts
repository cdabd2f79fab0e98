/*
 * One round: the same question to all replicas, until the answers so far decide it. Nobody waits for those that come
 * later, but what has become of all of them is told. An answer that comes after the limit counts for nothing: a node
 * that lost what it promised has its votes back once all rounds that could count an answer of before are over.
 */
import { NodeCallError, type Clock } from '@trolley/cluster';
import type { Replica } from './replica.ts';

/** How long those asked at first may take before the others are asked as well. */
const PATIENCE_MS = 50;

/** What one replica answered, or why it did not. */
export type Answer<T> =
  | { readonly type: 'answered'; readonly answer: T }
  | { readonly type: 'failed'; readonly error: NodeCallError };

/** How far a round has come. */
export interface RoundState<T> {
  readonly answers: ReadonlyMap<string, Answer<T>>;
  /** Those that have been asked and not answered yet. */
  readonly outstanding: ReadonlySet<string>;
}

/** What a round works with. */
export interface RoundOptions<T, V> {
  readonly clock: Clock;
  /** How long the round may last. */
  readonly limitMs: number;
  readonly replicas: readonly Replica[];
  /** How many of them are asked at first; the others once those do not suffice, or take long. All when absent. */
  readonly atFirst?: number | undefined;
  readonly ask: (replica: Replica) => Promise<T>;
  /** What the answers mean; undefined while that is open. Never once nothing is outstanding. */
  readonly judge: (state: RoundState<T>) => V | undefined;
  /** Told once all have answered or failed. */
  readonly onOver?: (verdict: V, answers: ReadonlyMap<string, Answer<T>>) => void;
}

/** Resolves to the verdict as soon as there is one. */
export function runRound<T, V>(options: RoundOptions<T, V>): Promise<V> {
  const { clock, limitMs, replicas, atFirst = replicas.length, ask, judge, onOver } = options;
  const answers = new Map<string, Answer<T>>();
  const outstanding = new Set(replicas.map(({ id }) => id));
  const endMs = clock.monotonicMs() + limitMs;
  // Made when it is needed only: an error with its stack is dear, and most rounds need none.
  const late = () => new NodeCallError('TIMEOUT', `no answer within ${limitMs} ms`);
  return new Promise((resolve, reject) => {
    let verdict: V | undefined;
    let asked = 0;
    const consider = () => {
      verdict ??= judge({ answers, outstanding });
      if (verdict !== undefined) {
        resolve(verdict);
        for (const { id } of replicas.slice(asked)) outstanding.delete(id);
      } else if (answers.size === asked) askUpTo(replicas.length);
      if (outstanding.size > 0) return;
      limit.cancel();
      patience?.cancel();
      if (verdict === undefined) reject(new Error('a round is over and decided nothing'));
      else onOver?.(verdict, answers);
    };
    const settle = (id: string, answer: Answer<T>) => {
      if (!outstanding.has(id)) return;
      answers.set(id, answer);
      outstanding.delete(id);
      consider();
    };
    const answered = (id: string, answer: T) => {
      // After a pause of the process answers may be read before the timer fires.
      const isLate = clock.monotonicMs() > endMs;
      settle(id, isLate ? { type: 'failed', error: late() } : { type: 'answered', answer });
    };
    const limit = clock.after(limitMs, () => {
      for (const id of outstanding) settle(id, { type: 'failed', error: late() });
    });
    const askUpTo = (count: number): void => {
      const next = replicas.slice(asked, count);
      asked = Math.max(asked, count);
      for (const replica of next) {
        ask(replica).then(
          (answer) => answered(replica.id, answer),
          (error: unknown) => settle(replica.id, { type: 'failed', error: asCallError(error) }),
        );
      }
    };
    const askOthers = () => {
      if (verdict === undefined) askUpTo(replicas.length);
    };
    const patience = atFirst < replicas.length ? clock.after(PATIENCE_MS, askOthers) : undefined;
    askUpTo(atFirst);
    if (replicas.length === 0) consider();
  });
}

function asCallError(error: unknown): NodeCallError {
  return error instanceof NodeCallError ? error : new NodeCallError('INTERNAL', String(error));
}
