/*
 * The answers that gateways gave in a stress test, counted by what was asked, and which of them no gateway that is well
 * gives. Also those count that a request was repeated after. Pure.
 */
import type { GatewayReply, GatewayRequest } from '../gateway-client.ts';

/** Far more than a gateway has; what comes after is counted together. */
const KINDS_MAX = 200;

/** How often each answer was given, such as `DELETE /reservations/:id: 409 RESERVATION_BUSY`. */
export type ReplyCounts = ReadonlyMap<string, number>;

/** Answers of a gateway that is away or cannot serve now. */
const OUTAGES: ReadonlySet<number> = new Set([502, 503, 504]);

/** What requests may be refused with. Items of a test are there from its beginning to its end. */
const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  'POST /reservations': ['409 NOTHING_RESERVED', '409 NOT_ALL_FREE'],
  'GET /reservations/:id': ['404 RESERVATION_NOT_FOUND'],
  'PATCH /reservations/:id': ['404 RESERVATION_NOT_FOUND', '409 TAKEN', '409 RESERVATION_BUSY'],
  'DELETE /reservations/:id': ['404 RESERVATION_NOT_FOUND', '409 RESERVATION_BUSY'],
};

/** Counts the answers to the requests of a test; bounded. */
export class ReplyCounter {
  readonly #unexpected = new Map<string, number>();

  /** Those that are neither a success nor one of the refusals that the request may meet, nor an outage. */
  get unexpected(): ReplyCounts {
    return this.#unexpected;
  }

  note(request: GatewayRequest, reply: GatewayReply): void {
    const { status } = reply;
    if ((status >= 200 && status < 300) || OUTAGES.has(status)) return;
    const asked = routeOf(request);
    const answer = [status, codeOf(reply)].join(' ').trim();
    if (Object.hasOwn(REFUSALS, asked) && REFUSALS[asked]?.includes(answer) === true) return;
    const told = `${asked}: ${answer}`;
    const kind = this.#unexpected.has(told) || this.#unexpected.size < KINDS_MAX ? told : 'other answers';
    this.#unexpected.set(kind, (this.#unexpected.get(kind) ?? 0) + 1);
  }
}

/** The code of a problem, if the answer is one. */
export function codeOf({ body }: GatewayReply): string | undefined {
  if (typeof body !== 'object' || body === null || !('code' in body)) return undefined;
  return typeof body.code === 'string' ? body.code : undefined;
}

function routeOf({ method, path }: GatewayRequest): string {
  const [, collection = '', id] = (path.split('?')[0] ?? '').split('/');
  return `${method} /${collection}${id === undefined ? '' : '/:id'}`;
}
