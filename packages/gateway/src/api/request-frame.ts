/*
 * What stands around every call: the id of the request, its count, a line in the log where somebody may want one, and
 * the word that ends a kept connection when the gateway stops. One middleware, since each costs every request.
 */
import { newRequestId, REQUEST_ID_HEADER, sentRequestId, type Clock, type Random } from '@trolley/cluster';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { GatewayMetrics } from '../metrics.ts';
import type { GatewayContext, GatewayEnv } from './operation.ts';

/** What the middleware works with. */
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

/**
 * Counts each request once it has its reply, and logs it: at info when it failed, was slow, was served by too few
 * replicas or has an id by which the client may ask for it, at debug otherwise. A stream of events counts when it opens.
 */
export function requestFrame(options: RequestFrameOptions): MiddlewareHandler<GatewayEnv> {
  const { clock, random, stopping } = options;
  return async (context, next) => {
    const startMs = clock.monotonicMs();
    const sentId = sentRequestId(context.req);
    const requestId = sentId ?? newRequestId(random);
    context.set('requestId', requestId);
    await next();
    if (context.get('hasRequestId') !== true) context.res.headers.set(REQUEST_ID_HEADER, requestId);
    // A connection that is kept would hold up the stop, and break under a later request.
    if (stopping.aborted) context.res.headers.set('Connection', 'close');
    note(options, context, clock.monotonicMs() - startMs, sentId !== undefined);
  };
}

function note(
  { logger, metrics }: RequestFrameOptions,
  context: GatewayContext,
  tookMs: number,
  isNamed: boolean,
): void {
  const { method } = context.req;
  const { status } = context.res;
  const route = context.get('route');
  const isDegraded = context.get('degraded') === true;
  metrics.httpRequest({ method, route: route ?? 'unmatched', status, seconds: tookMs / 1000 });
  if (isDegraded) metrics.degradedReply();
  const isOfInterest = isNamed || isDegraded || status >= 400 || tookMs >= SLOW_MS;
  const level = isOfInterest && !QUIET_ROUTES.has(route) ? 'info' : 'debug';
  if (!logger.isLevelEnabled(level)) return;
  // No query, which holds e-mail addresses, and no headers.
  const { path } = context.req;
  logger[level]({ requestId: context.get('requestId'), method, path, status, ms: Math.round(tookMs * 10) / 10 });
}
