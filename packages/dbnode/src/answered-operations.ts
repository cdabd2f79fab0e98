/*
 * Counts the operations that a node answers, and adds the figure to what it says of itself. What nodes and gateways ask
 * to look after the cluster is no traffic, and is not counted.
 */
import type { NodeOperation } from '@trolley/cluster';
import type { OperationObserver } from './execute-batch.ts';
import type { AnswerRepair } from './repair/repair-answers.ts';

const TRAFFIC: ReadonlySet<NodeOperation['type']> = new Set([
  'read',
  'change',
  'draft',
  'adopt',
  'merge',
  'scan',
  'prepare',
  'accept',
]);

/** A count that starts at zero. */
export interface AnsweredOperations extends OperationObserver {
  readonly count: number;
}

/** Hears of every operation, and passes on what it hears. */
export function countAnswered(next: OperationObserver): AnsweredOperations {
  let count = 0;
  return {
    get count() {
      return count;
    },
    finished(operation, result, tookMs, error) {
      if (TRAFFIC.has(operation.type)) count += 1;
      next.finished(operation, result, tookMs, error);
    },
  };
}

/** The same answers, those to `status` with the count. */
export function withCount(answer: AnswerRepair, answered: Pick<AnsweredOperations, 'count'>): AnswerRepair {
  return async (operation) => {
    const result = await answer(operation);
    return result.type === 'status' ? { ...result, answered: answered.count } : result;
  };
}
