/*
 * The gateways of a stress test: requests go to one after the other, and past one that does not answer for a while.
 * Repeats what may be repeated, at another gateway, a bounded number of times.
 */
import type { Clock, Random } from '@trolley/cluster';
import { GatewayUnreachable, type GatewayClient, type GatewayReply, type GatewayRequest } from '../gateway-client.ts';
import { pause } from '../pause.ts';
import { codeOf, ReplyCounter, type ReplyCounts } from './replies.ts';

/** Longer than a gateway tries to settle a claim, so that it can say how that ended. */
const REQUEST_TIMEOUT_MS = 20_000;
const ATTEMPTS_MAX = 14;
const FIRST_BACKOFF_MS = 25;
const BACKOFF_MAX_MS = 2_000;
/** How long a gateway that did not answer is passed over. */
const AVOIDED_MS = 500;

export interface PoolTools {
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the repeating. */
  readonly signal: AbortSignal;
}

export interface PoolReply {
  /** The last answer; undefined when none came. */
  readonly reply: GatewayReply | undefined;
  /** Whether it was sent before, and may have been carried out then. */
  readonly repeated: boolean;
}

interface Member {
  readonly gateway: GatewayClient;
  avoidedUntilMs: number;
}

/** Sends requests by turns to several gateways. */
export class GatewayPool {
  readonly #members: readonly Member[];
  readonly #tools: PoolTools;
  readonly #replies = new ReplyCounter();
  #turn = 0;

  constructor(gateways: readonly GatewayClient[], tools: PoolTools) {
    this.#members = gateways.map((gateway) => ({ gateway, avoidedUntilMs: -Infinity }));
    this.#tools = tools;
  }

  /** Answers that no gateway gives that is well, also those that a request was repeated after. */
  get unexpected(): ReplyCounts {
    return this.#replies.unexpected;
  }

  /** Sends a request once. */
  async sendOnce(request: GatewayRequest): Promise<GatewayReply | undefined> {
    const member = this.#next();
    try {
      const reply = await member.gateway.send({ timeoutMs: REQUEST_TIMEOUT_MS, ...request });
      this.#replies.note(request, reply);
      return reply;
    } catch (error) {
      if (!(error instanceof GatewayUnreachable)) throw error;
      member.avoidedUntilMs = this.#tools.clock.monotonicMs() + AVOIDED_MS;
      return undefined;
    }
  }

  /** Sends a request that may be carried out more than once, until it gets an answer that is not one of these. */
  async send(request: GatewayRequest, isPassing: (reply: GatewayReply) => boolean = isOutage): Promise<PoolReply> {
    const { clock, random, signal } = this.#tools;
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.sendOnce(request);
      if (reply !== undefined && !isPassing(reply)) return { reply, repeated: attempt > 1 };
      if (attempt === ATTEMPTS_MAX || signal.aborted) return { reply, repeated: attempt > 1 };
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS);
      await pause(clock, backoffMs * (0.5 + random() / 2), signal);
    }
  }

  #next(): Member {
    const nowMs = this.#tools.clock.monotonicMs();
    let chosen: Member | undefined;
    for (let looked = 0; looked < this.#members.length; looked += 1) {
      this.#turn = (this.#turn + 1) % this.#members.length;
      chosen = this.#members[this.#turn];
      if (chosen !== undefined && chosen.avoidedUntilMs <= nowMs) return chosen;
    }
    if (chosen === undefined) throw new Error('a pool needs a gateway');
    return chosen;
  }
}

/** Whether a gateway could not serve a request, or cannot say what became of it. */
export function isOutage({ status }: GatewayReply): boolean {
  return status >= 500;
}

/** Whether a gateway could not serve a request now, or another request was in its way. */
export function isOutageOrBusy(reply: GatewayReply): boolean {
  return isOutage(reply) || codeOf(reply) === 'RESERVATION_BUSY';
}
