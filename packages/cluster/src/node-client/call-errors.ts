/*
 * What went wrong with a batch on its way, as the errors that callers tell apart; the same for every transport.
 */
import { STALE_EPOCH, TOO_LATE } from '../node-protocol.ts';
import { NodeCallError } from './node-transport.ts';

/** A node turned the batch away as a whole: nothing of it was done. */
export function turnedAway(status: number, code: unknown, detail: string | undefined): NodeCallError {
  const message = `the node answered ${status}: ${detail ?? 'no reason given'}`;
  if (code === STALE_EPOCH || code === TOO_LATE) return new NodeCallError(code, message);
  return new NodeCallError(status === 503 ? 'NOT_READY' : 'TURNED_AWAY', message);
}

/** The answer did not come in time. */
export function timedOut(timeoutMs: number): NodeCallError {
  return new NodeCallError('TIMEOUT', `no answer within ${timeoutMs} ms`);
}

/** The answer makes no sense. */
export function notAReply(): NodeCallError {
  return new NodeCallError('INTERNAL', 'the node answered with something that is not the reply to a batch');
}
