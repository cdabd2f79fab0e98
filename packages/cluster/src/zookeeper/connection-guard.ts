/*
 * Makes a connection of node-zookeeper-client safe to lose. The library has no way to drop a connection
 * that hangs, none to stop trying, reads the first bytes of a connection as the rest of what the last one
 * left unfinished, and throws, where nobody can catch it, at an answer that it does not know. All four are
 * mended on the one instance, through the parts of it that this file checks for; nothing else touches them.
 */
import type { Client } from 'node-zookeeper-client';

type NextServer = (server: unknown) => void;

/** The inner part of a client, as of version 1.1. */
interface ConnectionManager {
  socket?: { destroy(error: Error): void };
  pendingBuffer: unknown;
  findNextServer(callback: NextServer): void;
  onSocketData(chunk: Buffer): void;
}

/** Power over a client's connection that the library does not give. */
export interface GuardedConnection {
  /** Ends the present connection, if there is one; the client then makes a new one for the same session. */
  drop(reason: string): void;
  /** Ends the present connection and makes no other. */
  abandon(): void;
}

/**
 * Guards a client that has not been told to connect yet.
 * @throws TypeError when the library is not built as this file knows it
 */
export function guardConnection(client: Client): GuardedConnection {
  const manager = managerOf(client);
  const findNextServer = manager.findNextServer.bind(manager);
  const onSocketData = manager.onSocketData.bind(manager);
  let abandoned = false;

  function drop(reason: string): void {
    // Its error also calls off the library's own timer for the connection.
    manager.socket?.destroy(new Error(reason));
  }

  manager.findNextServer = (callback) => {
    findNextServer((server) => {
      if (!abandoned) {
        manager.pendingBuffer = null;
        callback(server);
      }
    });
  };
  manager.onSocketData = (chunk) => {
    try {
      onSocketData(chunk);
    } catch {
      drop('ZooKeeper sent what the client cannot read');
    }
  };
  return {
    drop,
    abandon() {
      abandoned = true;
      drop('the connection is not wanted any more');
    },
  };
}

function managerOf(client: object): ConnectionManager {
  const manager = 'connectionManager' in client ? client.connectionManager : undefined;
  if (!isConnectionManager(manager)) {
    throw new TypeError('node-zookeeper-client is not a version whose connections can be guarded');
  }
  return manager;
}

function isConnectionManager(value: unknown): value is ConnectionManager {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pendingBuffer' in value &&
    'findNextServer' in value &&
    typeof value.findNextServer === 'function' &&
    'onSocketData' in value &&
    typeof value.onSocketData === 'function'
  );
}
