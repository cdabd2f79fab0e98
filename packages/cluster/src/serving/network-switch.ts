/*
 * Cuts this process off the network and lets it back, for those who want to see what a partition does. Relies on
 * Node.js to tell of every TCP socket that is made or accepted, so that nothing gets around it, whatever speaks over the
 * socket. The port stays open, as the kernel's does: whoever connects is hung up on before a byte is read.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/** The network of this process, as one switch. */
export interface NetworkSwitch {
  /** Breaks every connection and lets none begin, until `rejoin`. */
  cutOff(): void;
  rejoin(): void;
  /** Lets go of the sockets; for tests. */
  close(): void;
}

const CONNECTING = 'net.client.socket';
const ACCEPTED = 'net.server.socket';

/** A switch that is on. Sockets that are older than it are out of its reach, so make it first. */
export function createNetworkSwitch(): NetworkSwitch {
  const sockets = new Set<Socket>();
  let isCut = false;
  const watch = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const onConnecting = (message: unknown): void => {
    const socket = socketIn(message);
    if (socket === undefined) return;
    watch(socket);
    // Told of before it begins to connect, and before anybody listens to what becomes of it.
    if (isCut) process.nextTick(() => isCut && breakOff(socket));
  };
  const onAccepted = (message: unknown): void => {
    const socket = socketIn(message);
    // A Unix socket, such as the lock of a data directory, is no network.
    if (socket?.remoteAddress === undefined) return;
    watch(socket);
    if (isCut) breakOff(socket);
  };
  subscribe(CONNECTING, onConnecting);
  subscribe(ACCEPTED, onAccepted);
  return {
    cutOff() {
      isCut = true;
      for (const socket of sockets) breakOff(socket);
    },
    rejoin() {
      isCut = false;
    },
    close() {
      unsubscribe(CONNECTING, onConnecting);
      unsubscribe(ACCEPTED, onAccepted);
    },
  };
}

function socketIn(message: unknown): Socket | undefined {
  if (typeof message !== 'object' || message === null || !('socket' in message)) return undefined;
  return message.socket instanceof Socket ? message.socket : undefined;
}

/** With the error that a network without a way there gives, where somebody waits for one. */
function breakOff(socket: Socket): void {
  const isHeard = socket.listenerCount('error') > 0;
  socket.destroy(isHeard ? Object.assign(new Error('this process is cut off'), { code: 'ENETUNREACH' }) : undefined);
}
