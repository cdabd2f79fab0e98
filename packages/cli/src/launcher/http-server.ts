/*
 * Sockets of the launcher: serves an app on a loopback port, and finds out whether ports are free.
 */
import { createServer, type AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

export interface LocalServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the app on a free port that only this machine reaches. */
export async function serveLocally(app: Hono): Promise<LocalServer> {
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/**
 * Listens on a port for a moment, to see whether it can be had; 0 finds a free one.
 *
 * @returns the port. @throws the system's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`) when not.
 */
export function tryPort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const found = portOf(server.address());
      server.close(() => resolve(found));
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP address');
  return address.port;
}
