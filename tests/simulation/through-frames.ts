/*
 * What batches and answers are when they come out of the frames that they travel in: a simulation loses nothing by that, or
 * the frames do.
 */
import type { Batch, BatchReply } from '@trolley/cluster';
import { decodeBatch, encodeBatch } from '../../packages/cluster/src/frames/batch-frames.ts';
import { LENGTH_BYTES } from '../../packages/cluster/src/frames/frame-protocol.ts';
import { decodeAnswer, encodeReply } from '../../packages/cluster/src/frames/reply-frames.ts';

/** The batch as it arrives. */
export function batchThroughFrames(batch: Batch): Batch {
  return decodeBatch(encodeBatch(batch).subarray(LENGTH_BYTES));
}

/** The answer as it arrives. */
export function replyThroughFrames(reply: BatchReply): BatchReply {
  const answer = decodeAnswer(encodeReply(reply).subarray(LENGTH_BYTES));
  if (answer.type !== 'reply') throw new Error('a reply has become a refusal');
  return answer.reply;
}
