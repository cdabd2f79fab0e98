/*
 * What the command line reads from a gateway's answers, checked on arrival. Fields that it does not know
 * are kept, so that `--json` prints all that the gateway said.
 */
import { z } from 'zod';

const clusterNode = z.looseObject({
  id: z.string(),
  url: z.string().optional(),
  host: z.string().optional(),
  port: z.number().optional(),
  zone: z.string().optional(),
  weight: z.number().optional(),
  state: z.string(),
  up: z.boolean(),
  keptIn: z.string().nullish(),
  lastSeenMs: z.number().optional(),
  hintsWaiting: z.number().optional(),
  records: z.number().optional(),
  bytes: z.number().optional(),
  incompleteGroups: z.number().optional(),
  fetching: z
    .looseObject({ groups: z.number(), groupsDone: z.number(), recordsLearned: z.number().optional() })
    .nullish(),
});

const move = z.looseObject({
  groups: z.number(),
  groupsDone: z.number(),
  percent: z.number(),
  remainingSeconds: z.number().nullish(),
});

const clusterGateway = z.looseObject({
  id: z.string(),
  url: z.string().optional(),
  host: z.string().optional(),
  port: z.number().optional(),
});

export const clusterAnswer = z.looseObject({
  epoch: z.number().nullish(),
  pgCount: z.number().nullish(),
  replicas: z.number().nullish(),
  moving: z.boolean().optional(),
  groupCounts: z.record(z.string(), z.number()).nullish(),
  move: move.nullish(),
  registry: z.looseObject({ connected: z.boolean() }).optional(),
  nodes: z.array(clusterNode),
  gateways: z.array(clusterGateway).optional(),
});

const whereReplica = z.looseObject({
  node: z.string(),
  zone: z.string().optional(),
  up: z.boolean(),
  coordinator: z.boolean().optional(),
  stale: z.boolean().nullish(),
  version: z.number().nullish(),
  value: z.unknown().optional(),
  error: z.string().nullish(),
});

export const whereAnswer = z.looseObject({
  key: z.string(),
  placementGroup: z.number(),
  epoch: z.number(),
  merged: z.looseObject({
    version: z.number().nullish(),
    value: z.unknown().optional(),
    deleted: z.boolean().optional(),
  }),
  replicas: z.array(whereReplica),
});

/** What a gateway says to a wish that changes the map. */
export const mapChangeAnswer = z.looseObject({ node: z.string(), epoch: z.number(), changed: z.boolean() });

const repairRun = z.looseObject({
  id: z.number(),
  ended: z.boolean(),
  passes: z.number(),
  repaired: z.number(),
  examples: z.array(
    z.looseObject({ node: z.string(), key: z.string(), fromVersion: z.number(), toVersion: z.number() }),
  ),
  peers: z.array(z.looseObject({ node: z.string(), state: z.string(), error: z.string().optional() })),
});

/** How far nodes are that compare with each other. */
export const repairAnswer = z.looseObject({
  nodes: z.array(
    z.looseObject({ node: z.string(), up: z.boolean(), run: repairRun.nullable(), error: z.string().nullable() }),
  ),
});

/** An answer in application/problem+json (RFC 9457). */
export const problemAnswer = z.looseObject({
  status: z.number().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
});

export type ClusterAnswer = z.infer<typeof clusterAnswer>;
export type MapChangeAnswer = z.infer<typeof mapChangeAnswer>;
export type RepairAnswer = z.infer<typeof repairAnswer>;
export type NodeRepairAnswer = RepairAnswer['nodes'][number];
export type MoveAnswer = z.infer<typeof move>;
export type ClusterNode = z.infer<typeof clusterNode>;
export type WhereAnswer = z.infer<typeof whereAnswer>;
export type WhereReplica = z.infer<typeof whereReplica>;
