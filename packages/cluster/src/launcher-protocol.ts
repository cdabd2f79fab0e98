/*
 * What a launcher offers to the gateways that it started, over its control address: the processes of the nodes. The
 * schemas are checked on arrival; the types are derived from them.
 */
import { z } from 'zod';

/** What can be done to a node's process. */
export const NODE_COMMANDS = ['kill', 'restart', 'pause', 'resume', 'cut-off', 'rejoin'] as const;
export type NodeCommand = (typeof NODE_COMMANDS)[number];

/** What a node's process does: `paused` is there and does nothing, `cut-off` runs without a network. */
export const PROCESS_STATES = ['starting', 'running', 'paused', 'cut-off', 'stopped'] as const;
export type ProcessState = (typeof PROCESS_STATES)[number];

const controlledNodeSchema = z.object({
  id: z.string(),
  running: z.boolean(),
  pid: z.int().nullable(),
  process: z.enum(PROCESS_STATES),
});
/** A storage node as the launcher lists it. */
export type ControlledNode = z.infer<typeof controlledNodeSchema>;

/** All of them. */
export const controlledNodesSchema = z.object({ nodes: z.array(controlledNodeSchema) });
