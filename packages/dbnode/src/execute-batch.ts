/*
 * Carries out operations on the engine. One bad operation never fails the others. Relies on the engine to apply
 * the changes of one key in the order of the calls, and to answer each after the group commit that covers it.
 */
import type { AdoptOutcome, Clock, NodeErrorCode, NodeOperation, NodeResult, WithdrawOutcome } from '@trolley/cluster';
import {
  contextTextOf,
  MalformedRecordError,
  type ChangeOutcome,
  type ContextText,
  type RecordText,
} from '@trolley/records';
import { faultOf } from './check-operation.ts';
import { DraftedError, ReadOnlyError, type Engine, type Found } from './engine.ts';
import type { AnswerRepair } from './repair/repair-answers.ts';

/** Hears of every operation that was carried out, or could not be. */
export interface OperationObserver {
  /** @param error is what went wrong, when the result is an INTERNAL error. */
  finished(operation: NodeOperation, result: NodeResult, tookMs: number, error: unknown): void;
}

/**
 * Carries out one operation; never rejects or throws. The call itself starts the work, so calls are applied in order. What
 * needs no wait is answered at once, without a promise.
 */
export type ExecuteOperation = (operation: NodeOperation) => NodeResult | Promise<NodeResult>;

/** Most bytes (UTF-16 code units) of records in the answer to one scan; what is over goes on the next page. */
const SCAN_LENGTH_MAX = 8 * 1024 * 1024;

/** An executor of operations on an engine. */
export function createExecutor(
  engine: Engine,
  clock: Clock,
  observer: OperationObserver,
  answerRepair: AnswerRepair,
): ExecuteOperation {
  return (operation) => {
    const startedMs = clock.monotonicMs();
    const finish = (result: NodeResult, failure?: unknown): NodeResult => {
      observer.finished(operation, result, clock.monotonicMs() - startedMs, failure);
      return result;
    };
    const fail = (error: unknown): NodeResult => finish(resultOfError(error), error);
    try {
      const fault = faultOf(operation);
      if (fault !== undefined) return finish(errorResult('INVALID_OPERATION', fault));
      const result = perform(engine, answerRepair, operation);
      return result instanceof Promise ? result.then(finish, fail) : finish(result);
    } catch (error) {
      return fail(error);
    }
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
  const started = operations.map((operation) => execute(operation));
  const results: NodeResult[] = [];
  for (const result of started) results.push(result instanceof Promise ? await result : result);
  return results;
}

// Nothing here may await before it calls the engine: the order of a batch is the order of these calls.
function perform(
  engine: Engine,
  answerRepair: AnswerRepair,
  operation: NodeOperation,
): NodeResult | Promise<NodeResult> {
  switch (operation.type) {
    case 'read':
      return performRead(engine, operation.key, operation.detail);
    case 'change':
      return engine.change(operation.key, operation.change, operation.base ?? undefined).then(changeResult);
    case 'merge':
      return engine.merge(operation.key, operation.record).then(mergeResult);
    case 'draft':
      return { type: 'draft', record: engine.draft(operation.key, operation.id, operation.change) ?? null };
    case 'adopt':
      return engine.adopt(operation.key, operation.record, operation.notAfterMs).then(adoptResult);
    case 'withdraw':
      return engine.withdraw(operation.key, operation).then(withdrawResult);
    case 'prepare':
      return engine.prepare(operation.key, operation.ballot);
    case 'accept':
      return engine.accept(operation.key, operation);
    case 'scan':
      return performScan(engine, operation);
    case 'status':
    case 'hint':
    case 'digest-groups':
    case 'digest-children':
    case 'digest-entries':
    case 'drop':
    case 'tombstone-drops':
    case 'highest-promises':
    case 'known-map':
    case 'repair':
      return answerRepair(operation);
    default:
      return operation satisfies never;
  }
}

function changeResult(outcome: ChangeOutcome<RecordText>): NodeResult {
  return outcome.type === 'refused' ? outcome : { type: 'change', outcome: outcome.type, record: outcome.record };
}

function mergeResult(changed: boolean): NodeResult {
  return { type: 'merge', changed };
}

function adoptResult(outcome: AdoptOutcome): NodeResult {
  return { type: 'adopt', outcome };
}

function withdrawResult(outcome: WithdrawOutcome): NodeResult {
  return { type: 'withdraw', outcome };
}

function performRead(engine: Engine, key: string, detail: 'record' | 'context'): NodeResult | Promise<NodeResult> {
  const settled = engine.readSettled(key);
  if (detail === 'record')
    return settled === undefined ? engine.readRecord(key).then(recordResult) : recordResult(settled);
  // Whoever asks a coordinator for its context is about to change the key, and must know of what is being changed.
  if (engine.closeDrafts(key))
    return engine.readContext(key).then((found) => ({ ...contextResult(found), drafted: true }));
  if (settled === undefined) return engine.readContext(key).then(contextResult);
  const { value, incomplete } = settled;
  return contextResult({ value: value === undefined ? undefined : contextTextOf(value), incomplete });
}

function recordResult({ value, incomplete }: Found<RecordText>): NodeResult {
  const record = value ?? null;
  return incomplete ? { type: 'read', record, incomplete } : { type: 'read', record };
}

function contextResult({ value, incomplete }: Found<ContextText>): Extract<NodeResult, { type: 'read' }> {
  const context = value ?? null;
  return incomplete ? { type: 'read', context, incomplete } : { type: 'read', context };
}

async function performScan(
  engine: Engine,
  { prefix, after, limit }: Extract<NodeOperation, { type: 'scan' }>,
): Promise<NodeResult> {
  // Looked up first: a group that repair completes meanwhile may have been scanned before.
  const incompleteGroups = [...engine.incompleteGroups];
  const found = await engine.scan(prefix, after ?? undefined, limit);
  const page = { type: 'scan', ...withinLength(found.entries, found.more) } as const;
  return incompleteGroups.length > 0 ? { ...page, incompleteGroups } : page;
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
  if (error instanceof DraftedError) {
    return errorResult('DRAFTED', error.message);
  }
  if (error instanceof MalformedRecordError) {
    return errorResult('INVALID_OPERATION', error.message);
  }
  return errorResult('INTERNAL', 'the node failed on this operation; its log has the details');
}

function errorResult(code: NodeErrorCode, message: string): NodeResult {
  return { type: 'error', code, message };
}
