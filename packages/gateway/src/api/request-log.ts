/*
 * One log line and one count for each request. Kept cheap, since every request pays for it: no query (it
 * holds e-mail addresses), no headers, numbers rounded.
 */
import type { Clock } from '@trolley/cluster';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { GatewayMetrics } from '../metrics.ts';
import type { GatewayEnv } from './operation.ts';

/** What the middleware works with. */
export interface RequestLogOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
}

/** Asked for every few seconds by machines, and of no interest afterwards. */
const QUIET_ROUTES: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics']);

/** Logs and counts each request once it has its reply. A stream of events counts when it opens. */
export function requestLog({ clock, logger, metrics }: RequestLogOptions): MiddlewareHandler<GatewayEnv> {
  return async (context, next) => {
    const startMs = clock.monotonicMs();
    await next();
    const tookMs = clock.monotonicMs() - startMs;
    const { method, path } = context.req;
    const { status } = context.res;
    const route = context.get('route');
    metrics.httpRequest({ method, route: route ?? 'unmatched', status, seconds: tookMs / 1000 });
    if (context.get('degraded') === true) metrics.degradedReply();
    const level = QUIET_ROUTES.has(route) ? 'debug' : 'info';
    logger[level]({ requestId: context.get('requestId'), method, path, status, ms: Math.round(tookMs * 10) / 10 });
  };
}
