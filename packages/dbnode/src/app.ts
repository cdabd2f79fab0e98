/*
 * The node's HTTP app, which never listens: batches, a few calls for people, and the usual ones for whoever runs
 * it. Everything that it works with is an argument.
 */
import { Hono } from 'hono';
import type { Logger } from 'pino';
import { handleErrors, requestIds, type Batch, type BatchReply, type Clock, type Random } from '@trolley/cluster';
import type { NodeApp } from './app-types.ts';
import { admitBatches } from './admit-batch.ts';
import { countAnswered, withCount } from './answered-operations.ts';
import { addBatchRoute } from './batch-route.ts';
import type { Engine } from './engine.ts';
import { createExecutor } from './execute-batch.ts';
import { addFramesRoute } from './frames-route.ts';
import { createNodeMetrics } from './metrics.ts';
import type { KnownEpochs } from './known-epochs.ts';
import { observeOperations } from './observe-operations.ts';
import type { RepairService } from './repair/repair-service.ts';
import { addShopRoutes } from './shop-routes.ts';
import { addStatusRoutes } from './status-routes.ts';
import type { WorkGate } from './work-gate.ts';

/** What the app works with. */
export interface NodeAppOptions {
  readonly engine: Engine;
  /** Turns work away while the node does not serve. */
  readonly gate: WorkGate;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly zone: string;
  /** Wanted with each batch and each write when set. */
  readonly clusterToken: string | undefined;
  readonly slowOperationMs: number;
  readonly epochs: KnownEpochs;
  readonly repair: Pick<RepairService, 'answer' | 'figures' | 'fetching' | 'isInDoubt'>;
  /** Why the node should get no traffic; empty when it should. */
  readonly reasonsNotReady: () => readonly string[];
}

/** What a node answers with. */
export interface NodeAnswering {
  /** Tests call it in-process with `app.request`. */
  readonly app: NodeApp;
  /** Carries out a batch that came in a frame. @throws ProblemError */
  readonly admit: (batch: Batch) => Promise<BatchReply>;
}

/** The app, and the way in for batches that do not come over it. */
export function createNodeApp(options: NodeAppOptions): NodeAnswering {
  const { engine, gate, clock, random, logger, clusterToken, slowOperationMs, epochs, repair } = options;
  const metrics = createNodeMetrics(engine, repair.figures, repair.fetching);
  const answered = countAnswered(observeOperations(logger, metrics, slowOperationMs));
  const execute = createExecutor(engine, clock, answered, withCount(repair.answer, answered));
  const startedMs = clock.monotonicMs();
  const app: NodeApp = new Hono();
  app.use(requestIds(random));
  handleErrors(app, (error, context) => {
    const requestId: unknown = context.get('requestId');
    logger.error({ err: error, requestId, method: context.req.method, path: context.req.path }, 'a request failed');
  });
  const isInDoubt = (epoch: number) => repair.isInDoubt(epoch);
  const admission = admitBatches({ ...options, nodeId: engine.nodeId, execute, metrics, isInDoubt });
  addBatchRoute(app, { admission, gate, clusterToken });
  addFramesRoute(app, clusterToken);
  addShopRoutes(app, { execute, gate, clusterToken, isInDoubt: () => repair.isInDoubt(epochs.newest) });
  addStatusRoutes(app, { ...options, metrics, uptimeMs: () => clock.monotonicMs() - startedMs });
  return { app, admit: (batch) => admission.admit(batch) };
}
