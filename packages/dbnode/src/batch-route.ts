/*
 * `POST /batch`: the call that gateways and other nodes use. A batch is answered as a whole, after the group
 * commits that cover its operations.
 */
import { BATCH_PATH, batchSchema, readJsonBody, validate, type Batch } from '@trolley/cluster';
import type { HonoRequest } from 'hono';
import { answerBatch, isAnsweredEarly, type BatchAnswering } from './answer-batch.ts';
import type { NodeApp } from './app-types.ts';
import { requireToken } from './bearer-token.ts';
import type { NodeMetrics } from './metrics.ts';
import type { WorkGate } from './work-gate.ts';

/** Largest batch: a thousand operations with a cart of some hundred lines in each. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/** What the route works with. */
export interface BatchRouteOptions extends BatchAnswering {
  readonly gate: WorkGate;
  readonly metrics: NodeMetrics;
  readonly clusterToken: string | undefined;
}

/** Adds the route. */
export function addBatchRoute(app: NodeApp, options: BatchRouteOptions): void {
  const { gate, metrics, clusterToken } = options;
  app.post(BATCH_PATH, requireToken(clusterToken), async (context) => {
    const early = gate.phase === 'starting' ? await readBatch(context.req) : undefined;
    const answer = async () => {
      const batch = early ?? (await readBatch(context.req));
      const reply = await answerBatch(batch, options);
      metrics.batch(batch.operations.length);
      return context.json(reply);
    };
    return early !== undefined && isAnsweredEarly(early) ? answer() : gate.run(answer);
  });
}

async function readBatch(request: HonoRequest): Promise<Batch> {
  return validate(batchSchema, await readJsonBody(request, { bytesMax: BATCH_BYTES_MAX }));
}
