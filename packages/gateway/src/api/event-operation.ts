/*
 * `GET /cluster/events`: what happens in the cluster, live.
 */
import { z } from '@hono/zod-openapi';
import { ProblemError } from '@trolley/cluster';
import type { EventStreams } from './event-streams.ts';
import { NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';

const headers = z.object({
  'Last-Event-ID': z
    .string()
    .optional()
    .openapi({
      description:
        'The last event that the reader has; what it missed comes first. An id that is no longer known, such as 0, ' +
        'brings all events that are kept. Without it, new events only.',
    }),
});

const eventStreamSchema = z.string().openapi({
  description: 'Events with `id`, `event` (its type) and `data` (JSON, with `atMs`), as EventSource reads them.',
  example: 'id: m3x1k0-7\nevent: node-down\ndata: {"type":"node-down","node":"node-2","atMs":1700000000000}\n\n',
});

/** Adds the call to the router. */
export function serveEvents(router: GatewayRouter, streams: EventStreams): void {
  serve(
    router,
    {
      method: 'get',
      path: '/cluster/events',
      tag: 'Cluster',
      summary: 'Watch what happens, live',
      description:
        'Server-sent events, as this gateway sees them: `node-up`, `node-down`, `node-in`, `node-out`, `drain-started`, ' +
        '`drained`, `map-changed`, `map-put-back`, `move-started`, `move-progress`, `move-ended`, `repaired` (`why`: ' +
        '`read`, `hint` or `anti-entropy`), `degraded`, `registry-lost`, `registry-back`.',
      query: NO_QUERY,
      body: NO_BODY,
      headers,
      success: {
        status: 200,
        description: 'A stream that stays open.',
        contentType: 'text/event-stream',
        schema: eventStreamSchema,
      },
      problems: {
        400: 'There is a query parameter, and the call takes none.',
        503: 'There are too many readers, or the gateway is stopping.',
      },
    },
    (_, context) => {
      const stream = streams.open(context.req.header('last-event-id'));
      if (stream === undefined) throw tooManyReaders();
      context.header('Content-Type', 'text/event-stream');
      context.header('Cache-Control', 'no-cache, no-transform');
      context.header('X-Accel-Buffering', 'no');
      // A connection that outlived its stream would hold up the gateway's stop.
      context.header('Connection', 'close');
      return context.body(stream);
    },
  );
}

function tooManyReaders(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'TOO_MANY_READERS',
    title: 'There is no room for another reader',
    detail: 'Too many readers watch the events of this gateway, or it is stopping. Try again, or at another gateway.',
    headers: { 'retry-after': '5' },
  });
}
