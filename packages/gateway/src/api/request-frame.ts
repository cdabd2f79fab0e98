/*
 * What stands around every call: the id of the request, its count, a line in the log where somebody may want one, and
 * the word that ends a kept connection when the gateway stops. It stands around the calls and is no middleware: with one,
 * hono composes a chain of handlers for each request.
 */
import { newRequestId, REQUEST_ID_HEADER, sentRequestId, type Clock, type Random } from '@trolley/cluster';
import { getPath } from 'hono/utils/url';
import type { Logger } from 'pino';
import type { GatewayMetrics } from '../metrics.ts';

/** What is noted of a request while it is answered. */
export interface RequestNotes {
  /** From the client or made here; in the reply and in the logs of gateway and nodes. */
  readonly requestId: string;
  /** Set when the reply was made with the id among its headers. */
  hasRequestId: boolean;
  /** The template of the path, once the request has reached a call; for logs and metrics. */
  route: string | undefined;
  /** Set when fewer replicas stood behind the reply than were asked for. */
  isDegraded: boolean;
}

/** Answers a request; errors are replies too. */
type Answer = (request: Request, notes: RequestNotes) => Response | Promise<Response>;

/** What the frame works with. */
export interface RequestFrameOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
  /** Aborted when the gateway stops. */
  readonly stopping: AbortSignal;
}

/** A request that takes as long as this is worth a line. */
const SLOW_MS = 1_000;

/** Asked for every few seconds by machines, and of no interest afterwards. */
const QUIET_ROUTES: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics']);

/** A request that is being answered. */
export interface OpenRequest {
  readonly notes: RequestNotes;
  readonly startMs: number;
  /** The client gave the request its id. */
  readonly isNamed: boolean;
}

/** What a request was, and what came of it. */
interface Outcome {
  readonly method: string;
  /** Without the query, which holds e-mail addresses. */
  readonly path: () => string;
  readonly status: number;
}

/** What begins and ends with each request. */
export class RequestFrame {
  readonly #options: RequestFrameOptions;

  constructor(options: RequestFrameOptions) {
    this.#options = options;
  }

  /** Whether the connection must end with the reply: one that is kept would hold up the stop, and break under a later request. */
  get endsConnections(): boolean {
    return this.#options.stopping.aborted;
  }

  /** @param sentId the id that the client gave it, if any */
  begin(sentId?: string): OpenRequest {
    const { clock, random } = this.#options;
    const requestId = sentId ?? newRequestId(random);
    return {
      notes: { requestId, hasRequestId: false, route: undefined, isDegraded: false },
      startMs: clock.monotonicMs(),
      isNamed: sentId !== undefined,
    };
  }

  /**
   * Counts a request that has its reply, and logs it: at info when it failed, was slow, was served by too few
   * replicas or has an id by which the client may ask for it, at debug otherwise. A stream of events counts when it opens.
   */
  end({ notes, startMs, isNamed }: OpenRequest, { method, path, status }: Outcome): void {
    const { clock, logger, metrics } = this.#options;
    const { requestId, route, isDegraded } = notes;
    const tookMs = clock.monotonicMs() - startMs;
    metrics.httpRequest({ method, route: route ?? 'unmatched', status, seconds: tookMs / 1000 });
    if (isDegraded) metrics.degradedReply();
    const isOfInterest = isNamed || isDegraded || status >= 400 || tookMs >= SLOW_MS;
    const level = isOfInterest && !QUIET_ROUTES.has(route) ? 'info' : 'debug';
    if (!logger.isLevelEnabled(level)) return;
    logger[level]({ requestId, method, path: path(), status, ms: Math.round(tookMs * 10) / 10 });
  }
}

/** An app with the frame around each request. */
export function framed(answer: Answer, frame: RequestFrame): (request: Request) => Promise<Response> {
  return async (request) => {
    const open = frame.begin(sentRequestId(request.headers));
    const { notes } = open;
    const reply = await answer(request, notes);
    if (!notes.hasRequestId) reply.headers.set(REQUEST_ID_HEADER, notes.requestId);
    if (frame.endsConnections) reply.headers.set('Connection', 'close');
    frame.end(open, { method: request.method, path: () => getPath(request), status: reply.status });
    return reply;
  };
}
