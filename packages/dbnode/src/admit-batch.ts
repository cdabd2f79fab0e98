/*
 * Lets batches in, however they got here: while the node serves, and before that what is answered early.
 */
import type { Batch, BatchReply } from '@trolley/cluster';
import { answerBatch, isAnsweredEarly, type BatchAnswering } from './answer-batch.ts';
import type { NodeMetrics } from './metrics.ts';
import type { WorkGate } from './work-gate.ts';

/** What letting in works with. */
export interface BatchAdmissionOptions extends BatchAnswering {
  readonly gate: WorkGate;
  readonly metrics: Pick<NodeMetrics, 'batch'>;
}

/** The way in for batches. */
export interface BatchAdmission {
  /** Carries out a batch that was let in. @throws ProblemError as answerBatch */
  answer(batch: Batch): Promise<BatchReply>;
  /** Carries out a batch if the node serves. @throws ProblemError 503 NOT_READY, or as answerBatch */
  admit(batch: Batch): Promise<BatchReply>;
}

/** The way into a node. */
export function admitBatches(options: BatchAdmissionOptions): BatchAdmission {
  const { gate, metrics } = options;
  const answer = async (batch: Batch): Promise<BatchReply> => {
    const reply = await answerBatch(batch, options);
    metrics.batch(batch.operations.length);
    return reply;
  };
  return {
    answer,
    admit: (batch) =>
      gate.phase === 'starting' && isAnsweredEarly(batch) ? answer(batch) : gate.run(() => answer(batch)),
  };
}
