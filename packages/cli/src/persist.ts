/*
 * Sends a request again while the gateway is away or cannot serve it now. For requests that may be repeated: reads,
 * deletions, and whatever carries an idempotency key.
 */
import type { Clock, Random } from '@trolley/cluster';
import { GatewayUnreachable, type GatewayClient, type GatewayReply, type GatewayRequest } from './gateway-client.ts';
import { pause } from './pause.ts';

const ATTEMPTS_MAX = 7;
const FIRST_BACKOFF_MS = 100;
const BACKOFF_MAX_MS = 3_000;
const RUN_ID_PARTS = 4;

/** Time and chance, for the pauses. */
export interface PersistenceTools {
  readonly clock: Clock;
  readonly random: Random;
}

export interface PersistentReply {
  readonly reply: GatewayReply;
  /** Whether an earlier attempt may have been applied already without its answer getting here. */
  readonly repeated: boolean;
}

/** The first answer that is not 503, or the last one. @throws GatewayUnreachable when the last attempt got none */
export async function sendPersistently(
  gateway: GatewayClient,
  request: GatewayRequest,
  { clock, random }: PersistenceTools,
): Promise<PersistentReply> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const reply = await gateway.send(request);
      if (reply.status !== 503 || attempt === ATTEMPTS_MAX) return { reply, repeated: attempt > 1 };
    } catch (error) {
      if (!(error instanceof GatewayUnreachable) || attempt === ATTEMPTS_MAX) throw error;
    }
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS);
    await pause(clock, backoffMs * (0.5 + random() / 2));
  }
}

/** What the idempotency keys of one run of a command have in common, and those of no other run. */
export function newRunId(random: Random): string {
  return Array.from({ length: RUN_ID_PARTS }, () => Math.floor(random() * 2 ** 32).toString(36)).join('-');
}
