/*
 * Serves the embedded registry on a port of this machine, for `trolley up`. Whoever starts it holds it:
 * it ends with that process, and its map is in a file.
 */
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Clock } from '../environment.ts';
import { DEFAULT_LEASE_MS } from './protocol.ts';
import { createEmbeddedRegistry } from './registry-app.ts';

/** What the embedded registry's server needs. */
export interface EmbeddedRegistryServerSettings {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The address to listen on; it has no passwords, so 127.0.0.1 unless the network is trusted. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The JSON file that keeps the map; without it, a restart forgets the map. */
  readonly mapFile?: string | undefined;
  /** How long a registration lasts that is not renewed; 2000 unless set. */
  readonly leaseMs?: number | undefined;
}

/** An embedded registry that listens. */
export interface EmbeddedRegistryServer {
  /** Where clients find it, without a slash at the end. */
  readonly url: string;
  /** Stops listening and lets its connections go. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts an embedded registry and returns once it listens.
 * @throws MapFileError when the map's file is damaged; the socket's error when the port cannot be had
 */
export async function startEmbeddedRegistryServer(
  settings: EmbeddedRegistryServerSettings,
): Promise<EmbeddedRegistryServer> {
  const { host, port, leaseMs = DEFAULT_LEASE_MS } = settings;
  const registry = await createEmbeddedRegistry({ ...settings, leaseMs });
  const server = createAdaptorServer({ fetch: registry.app.fetch });
  if (!isHttp1(server)) {
    throw new TypeError('the server is to speak HTTP/1.1');
  }
  try {
    await listen(server, port, host);
  } catch (error) {
    registry.close();
    throw error;
  }
  return { url: urlOf(server, host), close: closeOnce(server, () => registry.close()) };
}

function isHttp1(server: object): server is Server {
  return 'closeAllConnections' in server;
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TypeError('the server is to listen on a port');
  }
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function closeOnce(server: Server, closeRegistry: () => void): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return async () => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      closeRegistry();
      // Clients hold their connections open between calls.
      server.closeAllConnections();
    });
    await closed;
  };
}
