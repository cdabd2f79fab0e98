/*
 * The node's HTTP server: the one file that opens a port. Connections are kept for as long as gateways keep
 * theirs pooled, and what a client may hold open is bounded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/**
 * Longer than a gateway keeps an idle connection (30 s): the end that sends requests must be the one that
 * closes, or a request crosses the closing and is lost.
 */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTIONS_MAX = 4096;

/** A server that listens. */
export interface Listener {
  readonly port: number;
  /** Takes no new connections and lets go of idle ones; resolves when the last has ended. */
  close(): Promise<void>;
  /** Breaks the connections that are left. */
  destroy(): void;
}

/** Answers a request; never rejects. */
export type HandleRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** The port could not be opened; the message says why in words. */
class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code = 'LISTEN';
}

/**
 * Listens on a port; 0 takes any free one.
 *
 * @throws ListenError
 */
export async function listen(handle: HandleRequest, host: string, port: number): Promise<Listener> {
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    (incoming, outgoing) => void handle(incoming, outgoing),
  );
  server.maxConnections = CONNECTIONS_MAX;
  const boundPort = await bind(server, host, port);
  return {
    port: boundPort,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    destroy: () => server.closeAllConnections(),
  };
}

async function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(explain(error, host, port), { cause: error })),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use; set PORT to another, or to 0 for any free one`;
    case 'EACCES':
      return `port ${port} on ${host} may not be opened by this user; set PORT to one above 1023`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine; set HOST to one that is`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not a known host name; set HOST to an address of this machine`;
    default:
      return `cannot listen on port ${port} of ${host}: ${error.message}`;
  }
}
