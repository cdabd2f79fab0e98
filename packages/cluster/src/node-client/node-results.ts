/*
 * The results of the operations that most traffic is made of, as callers of a node see them. Pure; each throws a
 * NodeCallError when the node answered with a result of another kind.
 */
import { contextTextOf, type ContextText, type RecordText, type RefusalCode } from '@trolley/records';
import type { NodeResult, WithdrawOutcome } from '../node-protocol.ts';
import { NodeCallError } from './node-transport.ts';

/** What a node answers to a read. */
export interface NodeRead {
  /** Undefined when the node has no record. */
  readonly context: ContextText | undefined;
  /** Undefined also when only the context was asked for. */
  readonly record: RecordText | undefined;
  /** The node lost data of this placement group: its answer counts towards no quorum. */
  readonly incomplete: boolean;
  /** It may be about to change: drafts of the key are open there. */
  readonly drafted: boolean;
}

/** What a node answers to a change. */
export type NodeChange =
  | { readonly type: 'applied' | 'unchanged' | 'already-applied'; readonly record: RecordText }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly detail: string; readonly record: RecordText };

export function asIs(result: NodeResult): NodeResult {
  return result;
}

export function readOf(result: NodeResult): NodeRead {
  if (result.type !== 'read') throw unexpected(result);
  const record = result.record ?? undefined;
  const context = record === undefined ? (result.context ?? undefined) : contextTextOf(record);
  return { context, record, incomplete: result.incomplete === true, drafted: result.drafted === true };
}

export function changeOf(result: NodeResult): NodeChange {
  if (result.type === 'refused') return result;
  if (result.type !== 'change') throw unexpected(result);
  return { type: result.outcome, record: result.record };
}

export function draftOf(result: NodeResult): RecordText | undefined {
  if (result.type !== 'draft') throw unexpected(result);
  return result.record ?? undefined;
}

export function adoptedOf(result: NodeResult): boolean {
  if (result.type !== 'adopt') throw unexpected(result);
  return result.outcome !== 'refused';
}

export function withdrawnOf(result: NodeResult): WithdrawOutcome {
  if (result.type !== 'withdraw') throw unexpected(result);
  return result.outcome;
}

export function changedOf(result: NodeResult): boolean {
  if (result.type !== 'merge') throw unexpected(result);
  return result.changed;
}

export function unexpected(result: NodeResult | undefined): NodeCallError {
  return new NodeCallError('INTERNAL', `the node answered with a result of type ${result?.type}`);
}
