/*
 * Carries out operations on the engine. One bad operation never fails the others. Relies on the engine to apply
 * the changes of one key in the order of the calls, and to answer each after the group commit that covers it.
 */
import type { Clock, NodeErrorCode, NodeOperation, NodeResult } from '@trolley/cluster';
import { MalformedRecordError } from '@trolley/records';
import { faultOf } from './check-operation.ts';
import { ReadOnlyError, type Engine } from './engine.ts';
import type { AnswerRepair } from './repair/repair-answers.ts';

/** Hears of every operation that was carried out, or could not be. */
export interface OperationObserver {
  /** @param error is what went wrong, when the result is an INTERNAL error. */
  finished(operation: NodeOperation, result: NodeResult, tookMs: number, error: unknown): void;
}

/** Carries out one operation; never rejects. The call itself starts the work, so calls are applied in order. */
export type ExecuteOperation = (operation: NodeOperation) => Promise<NodeResult>;

/** Most bytes (UTF-16 code units) of records in the answer to one scan; what is over goes on the next page. */
const SCAN_LENGTH_MAX = 8 * 1024 * 1024;

/** An executor of operations on an engine. */
export function createExecutor(
  engine: Engine,
  clock: Clock,
  observer: OperationObserver,
  answerRepair: AnswerRepair,
): ExecuteOperation {
  return async (operation) => {
    const startedMs = clock.monotonicMs();
    let failure: unknown;
    let result: NodeResult;
    try {
      const fault = faultOf(operation);
      result =
        fault === undefined ? await perform(engine, answerRepair, operation) : errorResult('INVALID_OPERATION', fault);
    } catch (error) {
      result = resultOfError(error);
      failure = error;
    }
    observer.finished(operation, result, clock.monotonicMs() - startedMs, failure);
    return result;
  };
}

/**
 * One result for each operation, in order. All are started at once, in order, so that they share group commits;
 * waiting for each before the next would make one commit for each.
 */
export async function executeBatch(
  execute: ExecuteOperation,
  operations: readonly NodeOperation[],
): Promise<NodeResult[]> {
  return Promise.all(operations.map(async (operation) => execute(operation)));
}

// Nothing here may await before it calls the engine: the order of a batch is the order of these calls.
async function perform(engine: Engine, answerRepair: AnswerRepair, operation: NodeOperation): Promise<NodeResult> {
  switch (operation.type) {
    case 'read':
      return performRead(engine, operation.key, operation.detail);
    case 'change': {
      const outcome = await engine.change(operation.key, operation.change, operation.base ?? undefined);
      return outcome.type === 'refused' ? outcome : { type: 'change', outcome: outcome.type, record: outcome.record };
    }
    case 'merge':
      return { type: 'merge', changed: await engine.merge(operation.key, operation.record) };
    case 'prepare':
      return engine.prepare(operation.key, operation.ballot);
    case 'accept':
      return engine.accept(operation.key, operation);
    case 'scan': {
      // Looked up first: a group that repair completes meanwhile may have been scanned before.
      const incompleteGroups = [...engine.incompleteGroups];
      const found = await engine.scan(operation.prefix, operation.after ?? undefined, operation.limit);
      const page = { type: 'scan', ...withinLength(found.entries, found.more) } as const;
      return incompleteGroups.length > 0 ? { ...page, incompleteGroups } : page;
    }
    case 'status':
    case 'hint':
    case 'digest-groups':
    case 'digest-children':
    case 'digest-entries':
    case 'drop':
    case 'tombstone-drops':
    case 'highest-promises':
    case 'repair':
      return answerRepair(operation);
    default:
      return operation satisfies never;
  }
}

async function performRead(engine: Engine, key: string, detail: 'record' | 'context'): Promise<NodeResult> {
  const found = await (detail === 'record' ? engine.readRecord(key) : engine.readContext(key));
  const value = found.value ?? null;
  const asked = detail === 'record' ? { record: value } : { context: value };
  return found.incomplete ? { type: 'read', ...asked, incomplete: true } : { type: 'read', ...asked };
}

type Entries = readonly (readonly [key: string, record: string])[];

function withinLength(entries: Entries, more: boolean): { entries: Entries; more: boolean } {
  let length = 0;
  const end = entries.findIndex(([key, record]) => {
    length += key.length + record.length;
    return length > SCAN_LENGTH_MAX;
  });
  // One entry always goes out, however large: a page with nothing on it would never end.
  const count = end === -1 ? entries.length : Math.max(end, 1);
  return { entries: entries.slice(0, count), more: more || count < entries.length };
}

function resultOfError(error: unknown): NodeResult {
  if (error instanceof ReadOnlyError) {
    return errorResult('READ_ONLY', error.message);
  }
  if (error instanceof MalformedRecordError) {
    return errorResult('INVALID_OPERATION', error.message);
  }
  return errorResult('INTERNAL', 'the node failed on this operation; its log has the details');
}

function errorResult(code: NodeErrorCode, message: string): NodeResult {
  return { type: 'error', code, message };
}
