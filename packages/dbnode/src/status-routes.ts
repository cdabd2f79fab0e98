/*
 * The calls for whoever runs the node: is it alive, should it get traffic, what does it count, what is it.
 */
import { problemResponse } from '@trolley/cluster';
import type { NodeApp } from './app-types.ts';
import type { Engine } from './engine.ts';
import type { KnownEpochs } from './known-epochs.ts';
import type { NodeMetrics } from './metrics.ts';

/** What the routes tell of. */
export interface StatusRouteOptions {
  readonly engine: Engine;
  readonly metrics: NodeMetrics;
  readonly zone: string;
  /** Why the node should get no traffic; empty when it should. */
  readonly reasonsNotReady: () => readonly string[];
  readonly epochs: KnownEpochs;
  readonly uptimeMs: () => number;
}

/** Adds the routes. */
export function addStatusRoutes(app: NodeApp, options: StatusRouteOptions): void {
  const { engine, metrics, zone, reasonsNotReady, epochs, uptimeMs } = options;

  app.get('/healthz', (context) => context.json({ status: 'alive' }));

  app.get('/readyz', (context) => {
    const reasons = reasonsNotReady();
    if (reasons.length === 0) {
      return context.json({ status: 'ready' });
    }
    const title = 'The node is not ready';
    return problemResponse(context, { status: 503, code: 'NOT_READY', title, detail: `${reasons.join('; ')}.` });
  });

  app.get('/metrics', async (context) => {
    const { contentType, text } = await metrics.exposition();
    return context.body(text, 200, { 'content-type': contentType });
  });

  app.get('/status', (context) => {
    const { nodeId: id, actor, statistics, recovery } = engine;
    const reasons = reasonsNotReady();
    const { newest: epoch, synced: syncedEpoch } = epochs;
    return context.json({
      id,
      actor,
      zone,
      epoch,
      syncedEpoch,
      ready: reasons.length === 0,
      reasons,
      uptimeMs: Math.round(uptimeMs()),
      ...statistics,
      recovery,
    });
  });
}
