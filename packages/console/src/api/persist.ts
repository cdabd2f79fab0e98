/*
 * Changes that are sent again while the gateway is away or cannot serve them: they carry an idempotency key, or do no
 * harm twice.
 */
import { pause } from '../live/time.ts';
import { newIdempotencyKey } from './idempotency-key.ts';
import { ApiProblem, GatewayAway } from './problem.ts';
import { send, type Call, type Reply } from './send.ts';

/** Pauses between the attempts. */
const PAUSES_MS = [250, 750, 1_500];

/** Posts a change, which counts once however often it is sent. @throws ApiProblem, GatewayAway */
export async function post<T>(path: string, body: unknown): Promise<Reply<T>> {
  const headers = { 'idempotency-key': newIdempotencyKey() };
  return sendPersistently<T>(path, { method: 'POST', body, headers });
}

/** Deletes something; `missing` when it was gone before. @throws ApiProblem, GatewayAway */
export async function remove(path: string): Promise<'removed' | 'missing'> {
  let isRepeated = false;
  try {
    await sendPersistently(path, { method: 'DELETE' }, () => (isRepeated = true));
    return 'removed';
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
    // The first attempt may have done it without its answer getting here.
    return isRepeated ? 'removed' : 'missing';
  }
}

async function sendPersistently<T>(
  path: string,
  call: Call,
  onRepeat: () => void = () => undefined,
): Promise<Reply<T>> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await send<T>(path, call);
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pause(pauseMs);
      onRepeat();
    }
  }
  return send<T>(path, call);
}

function isPassing(error: unknown): boolean {
  return error instanceof GatewayAway || (error instanceof ApiProblem && error.status === 503);
}
