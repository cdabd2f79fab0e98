/*
 * What the cluster calls answer, for the document.
 */
import { z } from '@hono/zod-openapi';
import { NODE_COMMANDS, PROCESS_STATES } from '@trolley/cluster';

const epoch = z.int().openapi({ description: 'Grows by one with each change of the map.' });

const progress = z.object({ groups: z.int(), groupsDone: z.int(), recordsLearned: z.int() });

const nodeSchema = z.object({
  id: z.string(),
  host: z.string().optional(),
  port: z.int().optional(),
  url: z.string().optional(),
  zone: z.string(),
  weight: z.number(),
  state: z.enum(['in', 'draining', 'drained', 'out', 'absent']).openapi({
    description:
      'Whether data is placed on it: `out` when it was down for too long, `draining` while an operator takes it out, ' +
      '`drained` when it holds nothing any more and may be stopped, `absent` when the map does not know it.',
  }),
  up: z.boolean(),
  keptIn: z.string().optional().openapi({ description: 'Why it is still in though it is down for so long.' }),
  lastSeenMs: z.number().optional().openapi({ description: 'When it was last heard of, in milliseconds since 1970.' }),
  hintsWaiting: z.int().openapi({ description: 'Keys that others will push to it, since it missed writes to them.' }),
  records: z.int().optional().openapi({ description: 'Records held, deleted ones included; absent while it is down.' }),
  bytes: z.int().optional(),
  requestsPerSecond: z.number().optional().openapi({
    description: 'Operations on records that it answered, over the last seconds; absent while it is down.',
  }),
  process: z
    .enum(PROCESS_STATES)
    .optional()
    .openapi({
      description:
        'What its process does, as the launcher says; absent without a launcher. A process that is `paused` or `cut-off` ' +
        'is up until the registry notices.',
    }),
  incompleteGroups: z.int().optional().openapi({
    description: 'Placement groups of which it may lack what it once acknowledged, and fetches it.',
  }),
  fetching: progress.optional().openapi({ description: 'How far it is with what it fetches from other nodes.' }),
});

const groupState = z.enum(['active', 'degraded', 'moving']);

const groupSchema = z.object({
  pg: z.int(),
  nodes: z.array(z.string()).openapi({ description: 'In order of preference; while it moves, who shall hold it.' }),
  state: groupState,
  previousNodes: z.array(z.string()).optional().openapi({ description: 'While it moves, who holds it.' }),
  percent: z.int().optional().openapi({ description: 'How many of the nodes that gain it have all of it.' }),
});

export const clusterOverviewSchema = z
  .object({
    epoch: epoch.optional().openapi({ description: 'Absent, like pgCount and replicas, until there is a first map.' }),
    pgCount: z.int().optional(),
    replicas: z.int().optional(),
    moving: z.boolean().openapi({ description: 'Whether data is on its way to other nodes.' }),
    registry: z.object({ connected: z.boolean() }),
    groupCounts: z.record(groupState, z.int()).optional().openapi({
      description:
        'Placement groups by state: `degraded` when a node of it is down or lacks part of it, `moving` when its data is on the way.',
    }),
    move: z
      .object({
        groups: z.int(),
        groupsDone: z.int(),
        percent: z.int(),
        remainingSeconds: z.int().optional().openapi({ description: 'At the pace of the last seconds.' }),
      })
      .optional()
      .openapi({ description: 'How far the data is that moves; absent while none does.' }),
    groups: z
      .array(groupSchema)
      .optional()
      .openapi({ description: 'Every placement group, when they were asked for.' }),
    nodes: z.array(nodeSchema),
    gateways: z.array(z.object({ id: z.string(), host: z.string(), port: z.int(), url: z.string() })),
    launcher: z.boolean().openapi({
      description: 'Whether the nodes’ processes can be commanded, and stress tests run, through this gateway.',
    }),
    operatorTokenNeeded: z.boolean().openapi({
      description: 'Whether commands to nodes, changes of the map and stress tests want the operator’s token.',
    }),
  })
  .openapi('Cluster');

const value = z
  .union([
    z.object({ quantity: z.int() }),
    z.object({ cart: z.record(z.string(), z.int()) }),
    z.object({ entries: z.record(z.string(), z.int()) }),
    z.object({ register: z.unknown() }),
    z.null(),
  ])
  .openapi({ description: 'What clients would see; null when there is nothing, or it was deleted.' });

const siblings = z
  .record(z.string(), z.array(z.object({ dot: z.array(z.union([z.string(), z.int()])), quantity: z.int() })))
  .openapi({ description: 'The fields that hold more than one concurrent value.' });

export const keyLocationSchema = z
  .object({
    key: z.string(),
    placementGroup: z.int(),
    epoch,
    merged: z.object({ version: z.int(), value, deleted: z.boolean() }),
    replicas: z.array(
      z.object({
        node: z.string(),
        zone: z.string(),
        up: z.boolean(),
        coordinator: z.boolean().openapi({ description: 'Whether a write would be sent to this replica first.' }),
        stale: z.boolean().nullable().openapi({ description: 'Lacks a write that another replica has.' }),
        error: z.string().nullable(),
        version: z.int().nullable(),
        context: z.record(z.string(), z.int()).nullable().openapi({ description: 'Writes seen, by actor.' }),
        value,
        siblings,
        ballots: z
          .object({ accepted: z.string().nullable(), promised: z.string().nullable(), vote: z.boolean() })
          .optional()
          .openapi({
            description:
              'Of a register: the newest ballot that was accepted, the one below which nothing is any more, and whether the replica accepted it itself or only heard of it.',
          }),
      }),
    ),
  })
  .openapi('KeyLocation');

export const nodeCommandSchema = z.object({ node: z.string(), command: z.enum(NODE_COMMANDS) }).openapi('NodeCommand');

export const mapChangeSchema = z
  .object({
    node: z.string(),
    epoch: epoch,
    changed: z.boolean().openapi({ description: 'False when it was so already.' }),
  })
  .openapi('MapChange');

const repairPeer = z.object({
  node: z.string(),
  state: z.enum(['waiting', 'in-step', 'repaired', 'down', 'failed', 'unsettled']).openapi({
    description:
      'How it stands with this other node: yet to be compared, nothing differs, healed and to be compared once more, ' +
      'down, could not be compared, or different in every pass.',
  }),
  error: z.string().optional(),
});

const repairRun = z.object({
  id: z.int(),
  ended: z.boolean(),
  passes: z.int().openapi({ description: 'How often it has compared with all, the present time included.' }),
  repaired: z.int().openapi({ description: 'Records that it brought up to date meanwhile, on either side.' }),
  examples: z
    .array(
      z.object({
        key: z.string(),
        node: z.string().openapi({ description: 'Where the record was stale.' }),
        fromVersion: z.int(),
        toVersion: z.int(),
        why: z.enum(['hint', 'anti-entropy']),
        atMs: z.number(),
      }),
    )
    .openapi({ description: 'The first of these records.' }),
  peers: z.array(repairPeer),
});

export const repairSchema = z
  .object({
    nodes: z.array(
      z.object({
        node: z.string(),
        up: z.boolean(),
        run: repairRun.nullable().openapi({ description: 'Null when it began none since it started, or is silent.' }),
        error: z.string().nullable().openapi({ description: 'Why it did not answer.' }),
      }),
    ),
  })
  .openapi('Repair');
