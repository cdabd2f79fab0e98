/*
 * Counts and logs what became of operations, with the id of the client's request: failures and slow ones
 * always, the rest at debug. Looks at nothing but what it is told.
 */
import type { Logger } from 'pino';
import type { NodeOperation, NodeResult } from '@trolley/cluster';
import type { OperationObserver } from './execute-batch.ts';
import type { NodeMetrics } from './metrics.ts';

/** An observer that keeps the metrics and writes the log. */
export function observeOperations(logger: Logger, metrics: NodeMetrics, slowOperationMs: number): OperationObserver {
  return {
    finished(operation, result, tookMs, error) {
      metrics.operation(operation.type, result, tookMs / 1000);
      if (result.type === 'error' && result.code === 'INTERNAL') {
        logger.error({ ...described(operation, result, tookMs), err: error }, 'an operation failed');
      } else if (result.type === 'error') {
        logger.warn(described(operation, result, tookMs), 'an operation could not be carried out');
      } else if (tookMs > slowOperationMs) {
        logger.info(described(operation, result, tookMs), 'a slow operation');
      } else if (logger.isLevelEnabled('debug')) {
        logger.debug(described(operation, result, tookMs), 'operation');
      }
    },
  };
}

/** What an operation is about, where it is about something. */
function subjectOf(operation: NodeOperation): string | undefined {
  if ('key' in operation) return operation.key;
  return operation.type === 'scan' ? operation.prefix : undefined;
}

function described(operation: NodeOperation, result: NodeResult, tookMs: number): Record<string, unknown> {
  return {
    requestId: operation.requestId,
    operation: operation.type,
    key: subjectOf(operation),
    result: result.type === 'error' || result.type === 'refused' ? result.code : result.type,
    message: result.type === 'error' ? result.message : undefined,
    ms: Math.round(tookMs * 10) / 10,
  };
}
