/*
 * What went wrong with a batch on its way, as the errors that callers tell apart; the same for every transport.
 */
import { STALE_EPOCH, TOO_LATE } from '../node-protocol.ts';
import { NodeCallError } from './node-transport.ts';

/**
 * A node has no results for the batch as a whole. It did nothing of it when it turned it away; one that failed, or whoever
 * failed between here and there, may have done all of it before.
 */
export function turnedAway(status: number, code: unknown, detail: string | undefined): NodeCallError {
  const message = `the node answered ${status}: ${detail ?? 'no reason given'}`;
  if (code === STALE_EPOCH || code === TOO_LATE) return new NodeCallError(code, message);
  if (status === 503) return new NodeCallError('NOT_READY', message);
  return new NodeCallError(status >= 500 ? 'INTERNAL' : 'TURNED_AWAY', message);
}

/** The answer did not come in time. */
export function timedOut(timeoutMs: number): NodeCallError {
  return new NodeCallError('TIMEOUT', `no answer within ${timeoutMs} ms`);
}

/** The answer makes no sense. */
export function notAReply(): NodeCallError {
  return new NodeCallError('INTERNAL', 'the node answered with something that is not the reply to a batch');
}
