/*
 * The calls that show the cluster: its map and nodes, and where a key lives, replica by replica. They
 * change and repair nothing.
 */
import { z } from '@hono/zod-openapi';
import { emailSchema, productNameSchema } from '@trolley/cluster';
import { parseKey, type KeyKind } from '@trolley/records';
import type { ClusterStatus } from '../cluster-overview.ts';
import type { ProcessWatch } from '../process-watch.ts';
import type { KeyLocation, ReplicaState, Store } from '../store.ts';
import { clusterOverviewSchema, keyLocationSchema } from './cluster-schemas.ts';
import { NO_BODY, serve, type GatewayRouter } from './operation.ts';
import { shownText } from './shown-text.ts';
import { STORE_PROBLEMS } from './store-problem.ts';

const idSchema = z
  .string()
  .trim()
  .regex(/^[\w.~-]{1,200}$/, { error: 'must be 1 to 200 letters, digits, dots, dashes, tildes or underscores' });

/** What the names in keys are, by kind. */
const nameSchemas: Readonly<Record<KeyKind, z.ZodType<string>>> = {
  product: productNameSchema,
  stock: productNameSchema,
  user: emailSchema,
  person: emailSchema,
  item: idSchema.toLowerCase(),
  order: idSchema,
  turn: emailSchema,
  bundle: idSchema,
  open: idSchema,
};

/** A key as people write it, brought to the form that the store holds. */
const keySchema = z.string().transform((text, context): string => {
  const parsed = parseKey(text);
  if (parsed === undefined) {
    context.addIssue({ code: 'custom', message: 'must be a key such as product:orange or user:ann@example.com' });
    return z.NEVER;
  }
  const name = nameSchemas[parsed.kind].safeParse(parsed.name);
  if (!name.success) {
    context.addIssue({ code: 'custom', message: `the ${parsed.kind} ${name.error.issues[0]?.message}` });
    return z.NEVER;
  }
  return `${parsed.kind}:${name.data}`;
});

const whereQuery = z.strictObject({
  key: keySchema.openapi({
    type: 'string',
    description:
      'A key: `product:` and a name, `user:` and an e-mail address, `item:` or `order:` and an id, and so on.',
    example: 'product:orange',
  }),
});

const overviewQuery = z.strictObject({
  groups: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .openapi({ type: 'boolean', description: 'Whether to list every placement group.' }),
});

/** What `GET /cluster` tells beside the overview. */
export interface ClusterFacts {
  readonly status: ClusterStatus;
  /** Absent when no launcher started this cluster. */
  readonly processes: ProcessWatch | undefined;
  readonly operatorTokenNeeded: boolean;
}

/** Adds the calls to the router. */
export function serveCluster(router: GatewayRouter, store: Store, facts: ClusterFacts): void {
  const { status } = facts;
  serve(
    router,
    {
      method: 'get',
      path: '/cluster',
      tag: 'Cluster',
      summary: 'Show the cluster map, the nodes and the gateways',
      query: overviewQuery,
      body: NO_BODY,
      success: { status: 200, description: 'The cluster as this gateway knows it.', schema: clusterOverviewSchema },
      problems: { 400: 'A query parameter is wrong.' },
    },
    ({ query }, context) => {
      const overview = overviewReply(facts);
      return context.json(query.groups ? { ...overview, groups: status.groups() } : overview);
    },
  );
  serve(
    router,
    {
      method: 'get',
      path: '/cluster/where',
      tag: 'Cluster',
      summary: 'Show where a key lives',
      description:
        'Asks every replica for what it holds, and repairs nothing. A key that nobody wrote has a place too.',
      query: whereQuery,
      body: NO_BODY,
      success: { status: 200, description: 'The replicas of the key.', schema: keyLocationSchema },
      problems: STORE_PROBLEMS,
    },
    async ({ query: { key } }, context) =>
      context.json(locationReply(await store.where(key, { requestId: context.env.requestId }))),
  );
}

function overviewReply({ status, processes, operatorTokenNeeded }: ClusterFacts) {
  const overview = status.overview();
  const nodes = overview.nodes.map((node) => ({ ...node, process: processes?.stateOf(node.id) }));
  return { ...overview, nodes, launcher: processes !== undefined, operatorTokenNeeded };
}

function locationReply({ key, placementGroup, epoch, replicas, merged }: KeyLocation) {
  const coordinator = replicas.find(({ up }) => up)?.node;
  const { version, value } = shownText(key, merged);
  return {
    key,
    placementGroup,
    epoch,
    merged: { version, value, deleted: value === null && version > 0 },
    replicas: replicas.map((replica) => replicaReply(key, replica, replica.node === coordinator)),
  };
}

function replicaReply(key: string, { node, zone, up, text, stale, error }: ReplicaState, coordinator: boolean) {
  const state = { node, zone, up, coordinator, stale: stale ?? null, error: error ?? null };
  if (text === undefined) return { ...state, version: null, context: null, value: null, siblings: {} };
  return { ...state, ...shownText(key, text) };
}
