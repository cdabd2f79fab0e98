/*
 * What the cluster calls answer, for the document.
 */
import { z } from '@hono/zod-openapi';

const epoch = z.int().openapi({ description: 'Grows by one with each change of the map.' });

export const clusterOverviewSchema = z
  .object({
    epoch: epoch.optional().openapi({ description: 'Absent, like pgCount and replicas, until there is a first map.' }),
    pgCount: z.int().optional(),
    replicas: z.int().optional(),
    moving: z.boolean().openapi({ description: 'Whether data is on its way to nodes that joined.' }),
    registry: z.object({ connected: z.boolean() }),
    nodes: z.array(
      z.object({
        id: z.string(),
        host: z.string().optional(),
        port: z.int().optional(),
        url: z.string().optional(),
        zone: z.string(),
        weight: z.number(),
        state: z.enum(['in', 'out', 'absent']),
        up: z.boolean(),
        lastSeenMs: z.number().optional(),
      }),
    ),
    gateways: z.array(z.object({ id: z.string(), host: z.string(), port: z.int(), url: z.string() })),
    launcher: z.boolean().openapi({ description: 'Whether nodes can be killed and restarted through this gateway.' }),
  })
  .openapi('Cluster');

const value = z
  .union([z.object({ quantity: z.int() }), z.object({ cart: z.record(z.string(), z.int()) }), z.null()])
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
      }),
    ),
  })
  .openapi('KeyLocation');

export const nodeCommandSchema = z
  .object({ node: z.string(), command: z.enum(['kill', 'restart']) })
  .openapi('NodeCommand');
