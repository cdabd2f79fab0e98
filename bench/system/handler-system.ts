/*
 * A system that is a handler (handlers/serve-shop.ts) and whatever stands behind it.
 */
import { z } from 'zod';
import { getJson, postJson } from './client.ts';
import type { Server } from './process.ts';
import type { MeasuredProcess, System } from './system.ts';

const tallySchema = z.object({ acknowledged: z.int(), refused: z.int(), units: z.int() });

/** The system made of both; they end together. */
export function handlerSystem(
  name: string,
  handler: Server,
  backend: { readonly processes: readonly MeasuredProcess[]; stop(): Promise<void> },
): System {
  return {
    name,
    version: undefined,
    urls: [handler.url],
    processes: [handler, ...backend.processes],
    fill: () => postJson(`${handler.url}/fill`, {}),
    tally: async () => tallySchema.parse(await getJson(`${handler.url}/tally`)),
    counters: undefined,
    async stop() {
      await handler.stop();
      await backend.stop();
    },
  };
}
