/*
 * A node on a fake engine that listens on a real socket, for tests of what travels between.
 */
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { listen, systemClock, type Batch, type Listener, type NodeOperation } from '@trolley/cluster';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { takeOverFrames } from '../take-over-frames.ts';
import { createTestNode } from './test-node.ts';

/** Where test nodes listen. */
export const HOST = '127.0.0.1';

/** A batch for the test node, under the epoch that it knows. */
export function batch(operations: readonly NodeOperation[], fields: Partial<Batch> = {}): Batch {
  return { to: 'node-a', epoch: 7, operations: [...operations], ...fields };
}

/** A node that listens, and what it was asked over plain HTTP. */
export async function serve(overrides: Parameters<typeof createTestNode>[0] = {}, port = 0) {
  const node = createTestNode(overrides);
  const handle = getRequestListener(node.app.fetch);
  const paths: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const logger = pino({ level: 'info' }, { write: (line: string) => void node.logLines.push(JSON.parse(line)) });
  const clusterToken = overrides.clusterToken;
  const takeOver = takeOverFrames({ answer: node.admit, clock: systemClock, logger, clusterToken });
  const listener = await listen(
    async (incoming, outgoing) => {
      paths.push(incoming.url);
      sockets.add(incoming.socket);
      await handle(incoming, outgoing);
    },
    HOST,
    port,
    (incoming, socket, head) => {
      sockets.add(socket);
      return takeOver(incoming, socket, head);
    },
  );
  onTestFinished(() => end(listener));
  return { ...node, listener, paths, sockets, address: { host: HOST, port: listener.port } };
}

/** Breaks all connections and ends. */
export async function end(listener: Listener): Promise<void> {
  const closed = listener.close();
  listener.destroy();
  await closed;
}
