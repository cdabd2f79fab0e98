/*
 * The calls for whoever runs the gateway: is it alive, can it serve, what has it counted.
 */
import { z } from '@hono/zod-openapi';
import { ProblemError } from '@trolley/cluster';
import type { ClusterStatus } from '../cluster-overview.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';

/** What the calls work with. */
export interface Health {
  readonly status: ClusterStatus;
  readonly metrics: GatewayMetrics;
  readonly stopping: AbortSignal;
}

const aliveSchema = z.object({ alive: z.literal(true) });
const readySchema = z.object({ ready: z.literal(true) });
const PROBLEMS = { 400: 'There is a query parameter, and the call takes none.' };

/** Adds the calls to the router. */
export function serveHealth(router: GatewayRouter, { status, metrics, stopping }: Health): void {
  serve(
    router,
    {
      method: 'get',
      path: '/healthz',
      tag: 'Service',
      summary: 'Is the gateway alive?',
      query: NO_QUERY,
      body: NO_BODY,
      success: { status: 200, description: 'It is.', schema: aliveSchema },
      problems: PROBLEMS,
    },
    (_, context) => context.json({ alive: true }),
  );
  serve(
    router,
    {
      method: 'get',
      path: '/readyz',
      tag: 'Service',
      summary: 'Can the gateway serve requests?',
      query: NO_QUERY,
      body: NO_BODY,
      success: { status: 200, description: 'It has a cluster map, and a node is up.', schema: readySchema },
      problems: { ...PROBLEMS, 503: 'It cannot; `detail` has the reasons.' },
    },
    (_, context) => {
      refuseUnlessReady(unreadyReasons(status, stopping));
      return context.json({ ready: true });
    },
  );
  serve(
    router,
    {
      method: 'get',
      path: '/metrics',
      tag: 'Service',
      summary: 'What the gateway has counted, for Prometheus',
      query: NO_QUERY,
      body: NO_BODY,
      success: { status: 200, description: 'The figures.', contentType: 'text/plain', schema: z.string() },
      problems: PROBLEMS,
    },
    async (_, context) => {
      const { contentType, text } = await metrics.exposition();
      return context.body(text, 200, { 'content-type': contentType });
    },
  );
}

function unreadyReasons(status: ClusterStatus, stopping: AbortSignal): string[] {
  const { epoch, nodes } = status.overview();
  const reasons: string[] = [];
  if (stopping.aborted) reasons.push('the gateway is stopping');
  if (epoch === undefined) reasons.push('there is no cluster map yet');
  if (!nodes.some(({ up }) => up)) reasons.push('no storage node is up');
  return reasons;
}

function refuseUnlessReady(reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  throw new ProblemError({ status: 503, code: 'NOT_READY', title: 'Not ready', detail: reasons.join('; ') });
}
