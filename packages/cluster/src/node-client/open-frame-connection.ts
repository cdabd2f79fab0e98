/*
 * Opens a connection for frames: a request of HTTP that asks to go on in them. The one file that opens sockets for
 * them. Until it resolves nothing was sent that a node could act on.
 */
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FRAMES_PATH, FRAMES_PROTOCOL } from '../frames/frame-protocol.ts';
import { NodeCallError, originOf, type NodeAddress } from './node-transport.ts';

/** A connection on which frames are spoken, and what already came on it. */
export interface OpenedConnection {
  readonly socket: Socket;
  readonly head: Buffer;
}

/** A connection that may come about. */
export interface OpeningConnection {
  /**
   * Resolves to the connection; undefined when the node speaks no frames, or none of this version.
   * @throws NodeCallError UNREACHABLE, TURNED_AWAY or NOT_READY: nothing was sent.
   */
  readonly opened: Promise<OpenedConnection | undefined>;
  /** Gives it up; it rejects then. */
  abandon(): void;
}

/** After so long without traffic the system looks whether the other end is there. */
const KEEP_ALIVE_DELAY_MS = 30_000;

/** The status of a node that does not know this path, or not this protocol. */
const SPEAKS_NO_FRAMES = new Set([404, 426]);

/** Begins to open a connection. */
export function openFrameConnection(address: NodeAddress, clusterToken: string | undefined): OpeningConnection {
  const headers: Record<string, string> = { connection: 'Upgrade', upgrade: FRAMES_PROTOCOL };
  if (clusterToken !== undefined) headers['authorization'] = `Bearer ${clusterToken}`;
  const asking = request(`${originOf(address)}${FRAMES_PATH}`, { headers, agent: false });
  const opened = new Promise<OpenedConnection | undefined>((resolve, reject) => {
    asking.on('error', (error) => reject(new NodeCallError('UNREACHABLE', error.message || 'no connection')));
    asking.on('upgrade', (response, socket, head) => accept(response, socket, head, resolve, reject));
    asking.on('response', (response) => refused(asking, response, resolve, reject));
  });
  asking.end();
  return { opened, abandon: () => void asking.destroy(new Error('given up before it was open')) };
}

function accept(
  { headers }: IncomingMessage,
  socket: Socket,
  head: Buffer,
  resolve: (connection: OpenedConnection) => void,
  reject: (error: Error) => void,
): void {
  if (headers.upgrade !== FRAMES_PROTOCOL) {
    socket.destroy();
    reject(new NodeCallError('TURNED_AWAY', `the node speaks ${String(headers.upgrade)}, not ${FRAMES_PROTOCOL}`));
    return;
  }
  // It may break before whoever waits for it has it.
  socket.on('error', () => undefined);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  resolve({ socket, head });
}

function refused(
  asking: ClientRequest,
  response: IncomingMessage,
  resolve: (connection: undefined) => void,
  reject: (error: Error) => void,
): void {
  const { statusCode = 0 } = response;
  // Why is in its status; the text is for people.
  response.resume();
  asking.destroy();
  if (SPEAKS_NO_FRAMES.has(statusCode)) resolve(undefined);
  else reject(notOpened(statusCode, response.statusMessage));
}

/** Whatever the status: no batch was sent yet. */
function notOpened(status: number, reason: string | undefined): NodeCallError {
  return new NodeCallError(
    status === 503 ? 'NOT_READY' : 'TURNED_AWAY',
    `the node answered ${status}: ${reason ?? ''}`,
  );
}
