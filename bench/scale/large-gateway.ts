/*
 * Runs large-gateway-main.ts for a number of nodes.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('large-gateway-main.js', import.meta.url));

const figuresSchema = z.object({
  nodes: z.int(),
  pgCount: z.int(),
  /** The map as JSON, and what parsing and checking it takes. */
  mapBytes: z.number(),
  parseMapMs: z.number(),
  /** What the gateway keeps for the cluster: heap, with every placement computed. */
  stateBytes: z.number(),
  /** While nobody asks anything of it: messages to nodes, processor time, the longest hold of the event loop. */
  messagesPerSecond: z.number(),
  idleCores: z.number(),
  longestHoldMs: z.number(),
  /** `GET /cluster`, and a scrape of the metrics. */
  overviewMs: z.number(),
  /** Every placement group, by the first map and by the next; none of it is needed before the first request. */
  placeAllMs: z.number(),
  placeChangedMs: z.number(),
  placeKeyUs: z.number(),
  /** Taking over a new map, and the news that a node is down. */
  changeMs: z.number(),
  nodeDownMs: z.number(),
  gainedGroups: z.int(),
});

/** What a gateway keeps and does for a cluster of some size. */
export type LargeGatewayFigures = z.infer<typeof figuresSchema>;

/** Measures it, in a process of its own. */
export async function measureLargeGateway(
  { nodes, pgCount, seconds }: { readonly nodes: number; readonly pgCount: number; readonly seconds: number },
  signal: AbortSignal,
): Promise<LargeGatewayFigures> {
  const parameters = ['--expose-gc', MAIN, String(nodes), String(pgCount), String(seconds)];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { signal });
  return figuresSchema.parse(JSON.parse(stdout));
}
