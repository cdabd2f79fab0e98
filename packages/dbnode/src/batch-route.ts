/*
 * `POST /batch`: the call that gateways and other nodes use. A batch is answered as a whole, after the group
 * commits that cover its operations.
 */
import {
  BATCH_PATH,
  batchSchema,
  ProblemError,
  readJsonBody,
  STALE_EPOCH,
  validate,
  type Batch,
  type BatchReply,
} from '@trolley/cluster';
import type { HonoRequest } from 'hono';
import type { NodeApp } from './app-types.ts';
import { requireToken } from './bearer-token.ts';
import type { KnownEpochs } from './known-epochs.ts';
import { executeBatch, type ExecuteOperation } from './execute-batch.ts';
import type { NodeMetrics } from './metrics.ts';
import type { WorkGate } from './work-gate.ts';

/** Largest batch: a thousand operations with a cart of some hundred lines in each. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/** What the route works with. */
export interface BatchRouteOptions {
  readonly nodeId: string;
  readonly execute: ExecuteOperation;
  readonly gate: WorkGate;
  readonly metrics: NodeMetrics;
  readonly clusterToken: string | undefined;
  readonly epochs: KnownEpochs;
}

/** Adds the route. */
export function addBatchRoute(app: NodeApp, options: BatchRouteOptions): void {
  const { nodeId, execute, gate, metrics, clusterToken, epochs } = options;
  app.post(BATCH_PATH, requireToken(clusterToken), async (context) => {
    const early = gate.phase === 'starting' ? await readBatch(context.req) : undefined;
    const answer = async () => {
      const batch = early ?? (await readBatch(context.req));
      checkAddressee(batch, nodeId);
      checkEpoch(batch, epochs.newest);
      metrics.batch(batch.operations.length);
      const results = await epochs.during(batch.epoch, async () => executeBatch(execute, batch.operations));
      const { inForce, synced } = epochs;
      const reply: BatchReply = { node: nodeId, epoch: inForce, syncedEpoch: synced, results };
      return context.json(reply);
    };
    return early !== undefined && isAnsweredEarly(early) ? answer() : gate.run(answer);
  });
}

async function readBatch(request: HonoRequest): Promise<Batch> {
  return validate(batchSchema, await readJsonBody(request, { bytesMax: BATCH_BYTES_MAX }));
}

/**
 * What nodes ask each other before they serve: were it refused until then, nodes that start together would wait for
 * each other.
 */
function isAnsweredEarly({ operations }: Batch): boolean {
  return operations.length > 0 && operations.every(({ type }) => type === 'tombstone-drops');
}

/** A sender with an older map may have chosen the wrong replicas; it must look again before it counts on them. */
function checkEpoch(batch: Batch, newest: number): void {
  if (batch.epoch < newest) {
    throw new ProblemError({
      status: 409,
      code: STALE_EPOCH,
      title: 'There is a newer map',
      detail: `The batch was made under epoch ${batch.epoch}; this node knows ${newest}.`,
    });
  }
}

function checkAddressee(batch: Batch, nodeId: string): void {
  if (batch.to !== nodeId) {
    throw new ProblemError({
      status: 421,
      code: 'MISDIRECTED',
      title: 'The batch is meant for another node',
      detail: `This is ${nodeId}.`,
    });
  }
}
