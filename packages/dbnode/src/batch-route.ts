/*
 * `POST /batch`: the call of gateways and nodes that speak no frames, and of people who look. A batch is answered as
 * a whole, after the group commits that cover its operations.
 */
import { BATCH_PATH, batchSchema, readJsonBody, validate, type Batch } from '@trolley/cluster';
import type { HonoRequest } from 'hono';
import type { BatchAdmission } from './admit-batch.ts';
import { isAnsweredEarly } from './answer-batch.ts';
import type { NodeApp } from './app-types.ts';
import { requireToken } from './bearer-token.ts';
import type { WorkGate } from './work-gate.ts';

/** Largest batch: a thousand operations with a cart of some hundred lines in each. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/** What the route works with. */
export interface BatchRouteOptions {
  readonly admission: BatchAdmission;
  readonly gate: WorkGate;
  readonly clusterToken: string | undefined;
}

/** Adds the route. */
export function addBatchRoute(app: NodeApp, { admission, gate, clusterToken }: BatchRouteOptions): void {
  app.post(BATCH_PATH, requireToken(clusterToken), async (context) => {
    const early = gate.phase === 'starting' ? await readBatch(context.req) : undefined;
    const answer = async () => context.json(await admission.answer(early ?? (await readBatch(context.req))));
    // What is let in counts as work from its first byte on.
    return early !== undefined && isAnsweredEarly(early) ? answer() : gate.run(answer);
  });
}

async function readBatch(request: HonoRequest): Promise<Batch> {
  return validate(batchSchema, await readJsonBody(request, { bytesMax: BATCH_BYTES_MAX }));
}
