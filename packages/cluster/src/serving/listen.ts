/*
 * The HTTP server of a node or a gateway: the one file that opens a port for them. What a client may hold open
 * is bounded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Longer than gateways, clients and proxies commonly keep an idle connection (30 to 60 s): the end that sends
 * requests must be the one that closes, or a request crosses the closing and is lost.
 */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** For the arrival of a request, not for its answer: a stream of events may stay open. */
const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTIONS_MAX = 4096;

/** Headers about the connection, by which a client asks for another protocol. */
const OF_THIS_HOP = new Set(['connection', 'upgrade', 'http2-settings']);

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

/**
 * Takes a connection over that asks to go on in another protocol, from the bytes after the request on. False when it
 * does not, and the request is to be answered like any other. The connection stays one of the listener's, which ends it.
 */
export type TakeOver = (incoming: IncomingMessage, socket: Socket, head: Buffer) => boolean;

/** The port could not be opened; the message says why in words. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code = 'LISTEN';
}

/**
 * Listens on a port; 0 takes any free one.
 *
 * @throws ListenError
 */
export async function listen(
  handle: HandleRequest,
  host: string,
  port: number,
  takeOver?: TakeOver,
): Promise<Listener> {
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    (incoming, outgoing) => void handle(incoming, outgoing),
  );
  server.maxConnections = CONNECTIONS_MAX;
  const takenOver = new Set<Socket>();
  if (takeOver !== undefined) handOver(server, takeOver, takenOver);
  const boundPort = await bind(server, host, port);
  return {
    port: boundPort,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        for (const socket of takenOver) socket.end();
      }),
    destroy: () => {
      server.closeAllConnections();
      for (const socket of takenOver) socket.destroy();
    },
  };
}

/** The server forgets connections that asked for another protocol, so they are kept track of here. */
function handOver(server: Server, takeOver: TakeOver, takenOver: Set<Socket>): void {
  server.on('upgrade', (incoming, stream, head) => {
    const socket = stream as Socket;
    if (!takeOver(incoming, socket, head)) {
      answerPlainly(server, incoming, socket, head);
      return;
    }
    takenOver.add(socket);
    socket.on('close', () => takenOver.delete(socket));
    socket.on('error', () => socket.destroy());
  });
}

/** Has the server take the request once more, as one that asks for nothing else, so that it reads the body as well. */
function answerPlainly(
  server: Server,
  { method, url, rawHeaders }: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!OF_THIS_HOP.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  lines.push('Connection: close', '', '');
  socket.unshift(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), head]));
  server.emit('connection', socket);
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
