/*
 * Users who come, stay for a while and are deleted, each with a name of its own that never comes again. What was
 * acknowledged is told to the history; a reply that says degraded, or none, leaves open what became of the user.
 */
import { userKey } from '@trolley/records';
import { StoreError, type ChangeResult } from '../../packages/gateway/src/store.ts';
import { pick } from '../support/seeded-random.ts';
import type { History } from './history.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const STAY_MS = 8_000;
const GAP_MS = 500;

/** What all visits share. */
export interface VisitOptions {
  readonly cluster: SimulatedCluster;
  readonly history: History;
  readonly isOver: () => boolean;
}

/** Visits one after the other. `name` makes the users' names unique. */
export async function visit(name: string, options: VisitOptions): Promise<void> {
  const { cluster, isOver } = options;
  for (let visitor = 1; !isOver(); visitor += 1) {
    await visitOnce(userKey(`${name}-${visitor}@example.com`), options);
    await cluster.time.sleep(cluster.random() * GAP_MS);
  }
}

async function visitOnce(key: string, options: VisitOptions): Promise<void> {
  const { cluster, history } = options;
  const created = await change(key, 'create-user', options);
  if (created === undefined || created.quorum.degraded || created.type === 'refused') return;
  await cluster.time.sleep(cluster.random() * STAY_MS);
  const begun = history.begin(key);
  const deleted = await change(key, 'delete-user', options);
  if (deleted === undefined || deleted.quorum.degraded) return;
  if (deleted.type === 'refused') history.refused(begun, deleted.detail);
  else history.deleted(begun, deleted.record);
}

/** The outcome; undefined when nobody knows it. */
async function change(
  key: string,
  type: 'create-user' | 'delete-user',
  { cluster }: VisitOptions,
): Promise<ChangeResult | undefined> {
  try {
    const gateway = pick(cluster.random, cluster.gateways);
    return await gateway.use(({ store }) => store.change(key, { action: { type } }, { requestId: 'visitor' }));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return undefined;
  }
}
