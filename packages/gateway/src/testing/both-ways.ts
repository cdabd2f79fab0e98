/*
 * Two gateways that know the same, each behind a port of its own: one answers as any other does, one by its app alone. For
 * tests of what stands before the app.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { HandleRequest } from '@trolley/cluster';
import { createTestApi } from './test-api.ts';

/** A server that tells how much has come to it. */
export interface Served {
  readonly port: number;
  readonly bytesRead: () => number;
}

const servers: Server[] = [];

/** Listens on a free port until `stopServing`. */
export async function serve(handle: HandleRequest): Promise<Served> {
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  servers.push(server);
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const bytesRead = () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
  return { port: (server.address() as AddressInfo).port, bytesRead };
}

/** Ends all servers with their connections. */
export function stopServing(): void {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
}

/** The two, with the same products and users. */
export async function createBothWays() {
  const [usual, plain] = [createTestApi(), createTestApi()];
  await Promise.all([usual.seed(), plain.seed()]);
  const served = { usual: await serve(usual.handle), plain: await serve(getRequestListener(plain.app.fetch)) };
  return { usual, plain, served };
}

/** What a gateway logged, without the time of day. */
export function loggedBy({ logLines }: ReturnType<typeof createTestApi>) {
  return logLines.map((line) => ({ ...line, time: 0 }));
}
