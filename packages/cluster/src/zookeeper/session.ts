/*
 * One ZooKeeper session: the few operations that the registry needs, as promises with a deadline, and
 * whether it is connected. It survives lost connections but not its expiry; whoever holds it makes the
 * next one. What is asked while there is no connection is refused at once, never queued: the library
 * would send it much later.
 */
import { createClient, CreateMode, Exception, type Client, type Stat } from 'node-zookeeper-client';
import type { Clock } from '../environment.ts';
import { guardConnection, type GuardedConnection } from './connection-guard.ts';

/** How long to wait for ZooKeeper to confirm that the session is closed. */
const CLOSE_TIMEOUT_MS = 1000;
/** The library waits up to this long, at random, between two rounds through the servers. */
const RECONNECT_DELAY_MAX_MS = 500;

/** ZooKeeper could not be asked, or its answer did not come; what was asked may have been done. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** What a session needs. */
export interface SessionSettings {
  /** HOST:PORT[,HOST:PORT] */
  readonly connect: string;
  readonly sessionTimeoutMs: number;
  /** After this time without an answer the connection counts as lost. */
  readonly operationTimeoutMs: number;
  readonly clock: Clock;
}

/** What a session tells of. After `expired` and after `close` it tells nothing more. */
export interface SessionListener {
  connected(): void;
  disconnected(): void;
  expired(): void;
}

/** The children of a node. */
export interface Children {
  readonly names: readonly string[];
  /** Tells the node from one of the same path that was removed before; names of children may then come again. */
  readonly parent: string;
}

/** The contents of a node. */
export interface NodeData {
  readonly bytes: Buffer;
  readonly version: number;
  /** Names the transaction that wrote it. */
  readonly transaction: string;
  /** The session that an ephemeral node ends with. */
  readonly owner: string;
}

type Failure = Error | Exception | null;
type Settle<T> = (failure: Failure, result: () => T) => void;

/** A session, from the first attempt to connect until it expires or is closed. */
export class ZooKeeperSession {
  readonly #settings: SessionSettings;
  readonly #client: Client;
  readonly #connection: GuardedConnection;
  readonly #listener: SessionListener;
  readonly #unanswered = new Set<(error: Error) => void>();
  #connected = false;
  #ended = false;

  /** Begins to connect; no listener is called before the constructor has returned. */
  constructor(settings: SessionSettings, listener: SessionListener) {
    const { connect, sessionTimeoutMs } = settings;
    this.#settings = settings;
    this.#listener = listener;
    this.#client = createClient(connect, { sessionTimeout: sessionTimeoutMs, spinDelay: RECONNECT_DELAY_MAX_MS });
    this.#connection = guardConnection(this.#client);
    this.#client.on('connected', () => this.#onConnected());
    this.#client.on('disconnected', () => this.#onDisconnected());
    this.#client.on('expired', () => this.#onExpired());
    this.#client.connect();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Names the session; meaningful once it has been connected. */
  get id(): string {
    return this.#client.getSessionId().toString('hex');
  }

  /** The children, and one call when they change; undefined, and no call, when the node does not exist. */
  async children(path: string, onChange: () => void): Promise<Children | undefined> {
    return await orUndefined(
      this.#ask<Children>((client, settle) => {
        client.getChildren(path, onChange, (failure, names, stat) => {
          settle(failure, () => ({ names, parent: stat.czxid.toString('hex') }));
        });
      }),
    );
  }

  /** The contents; undefined when the node does not exist. */
  async data(path: string): Promise<NodeData | undefined> {
    return await orUndefined(
      this.#ask<NodeData>((client, settle) => {
        client.getData(path, (failure, bytes, stat) => settle(failure, () => nodeData(bytes, stat)));
      }),
    );
  }

  /** The contents, and one call when they change; undefined, and no call, when the node does not exist. */
  async watchedData(path: string, onChange: () => void): Promise<NodeData | undefined> {
    return await orUndefined(
      this.#ask<NodeData>((client, settle) => {
        client.getData(path, onChange, (failure, bytes, stat) => settle(failure, () => nodeData(bytes, stat)));
      }),
    );
  }

  /** Whether the node exists, and one call when that or its contents change. */
  async watchedExists(path: string, onChange: () => void): Promise<boolean> {
    return await this.#ask<boolean>((client, settle) => {
      // The types do not say that there is no stat when there is no node.
      client.exists(path, onChange, (failure, stat: Stat | null) => settle(failure, () => stat !== null));
    });
  }

  /** Whether ZooKeeper answers; otherwise the connection is dropped once the deadline has passed. */
  async probe(): Promise<void> {
    await this.#ask<null>((client, settle) => client.exists('/', (failure) => settle(failure, () => null)));
  }

  async create(
    path: string,
    bytes: Buffer,
    mode: keyof typeof CreateMode,
  ): Promise<'created' | 'exists' | 'no-parent'> {
    const created = this.#ask<'created'>((client, settle) => {
      client.create(path, bytes, CreateMode[mode], (failure) => settle(failure, () => 'created'));
    });
    return await unless(created, [
      [Exception.NODE_EXISTS, 'exists'],
      [Exception.NO_NODE, 'no-parent'],
    ]);
  }

  /** Replaces the contents if they still have this version. */
  async replace(path: string, bytes: Buffer, version: number): Promise<'replaced' | 'changed' | 'no-node'> {
    const replaced = this.#ask<'replaced'>((client, settle) => {
      client.setData(path, bytes, version, (failure) => settle(failure, () => 'replaced'));
    });
    return await unless(replaced, [
      [Exception.BAD_VERSION, 'changed'],
      [Exception.NO_NODE, 'no-node'],
    ]);
  }

  async remove(path: string): Promise<'removed' | 'no-node'> {
    const removed = this.#ask<'removed'>((client, settle) => {
      client.remove(path, (failure) => settle(failure, () => 'removed'));
    });
    return await unless(removed, [[Exception.NO_NODE, 'no-node']]);
  }

  /** Ends the present connection; the session goes on with a new one. */
  drop(reason: string): void {
    this.#connection.drop(reason);
  }

  /** Ends the session, so that what it registered is gone at once, or gives it up when there is no connection. */
  async close(): Promise<void> {
    const wasConnected = this.#connected;
    this.#end('the session was closed');
    if (wasConnected) {
      await new Promise<void>((resolve) => {
        const timer = this.#settings.clock.after(CLOSE_TIMEOUT_MS, resolve);
        this.#client.once('disconnected', () => {
          timer.cancel();
          resolve();
        });
        this.#client.close();
      });
    }
    this.#connection.abandon();
  }

  async #ask<T>(send: (client: Client, settle: Settle<T>) => void): Promise<T> {
    if (!this.#connected) {
      throw new ConnectionLostError('There is no connection to ZooKeeper.');
    }
    const { clock, operationTimeoutMs } = this.#settings;
    return await new Promise<T>((resolve, reject) => {
      const fail = (error: Error): void => {
        deadline.cancel();
        this.#unanswered.delete(fail);
        reject(error);
      };
      const deadline = clock.after(operationTimeoutMs, () => {
        fail(new ConnectionLostError(`ZooKeeper gave no answer within ${operationTimeoutMs} ms.`));
        this.#connection.drop('ZooKeeper gave no answer');
      });
      this.#unanswered.add(fail);
      send(this.#client, (failure, result) => {
        if (failure === null || failure === undefined) {
          deadline.cancel();
          this.#unanswered.delete(fail);
          resolve(result());
        } else {
          fail(asError(failure));
        }
      });
    });
  }

  #onConnected(): void {
    if (this.#ended) return;
    this.#connected = true;
    this.#listener.connected();
  }

  #onDisconnected(): void {
    if (this.#ended) return;
    this.#connected = false;
    this.#failUnanswered('The connection to ZooKeeper was lost.');
    this.#listener.disconnected();
  }

  #onExpired(): void {
    if (this.#ended) return;
    this.#end('The session has expired.');
    this.#connection.abandon();
    this.#listener.expired();
  }

  #end(reason: string): void {
    this.#ended = true;
    this.#connected = false;
    this.#failUnanswered(reason);
  }

  /** The library forgets the callbacks of what it had not sent yet. */
  #failUnanswered(reason: string): void {
    for (const fail of this.#unanswered) fail(new ConnectionLostError(reason));
  }
}

function nodeData(bytes: Buffer | undefined, stat: Stat): NodeData {
  return {
    // The library gives nothing for contents of no length.
    bytes: bytes ?? Buffer.alloc(0),
    version: stat.version,
    transaction: stat.mzxid.toString('hex'),
    owner: stat.ephemeralOwner.toString('hex'),
  };
}

function asError(failure: Error | Exception): Error {
  const code = codeOf(failure);
  if (code === Exception.CONNECTION_LOSS || code === Exception.SESSION_EXPIRED) {
    return new ConnectionLostError('The connection to ZooKeeper was lost.');
  }
  return failure instanceof Error ? failure : new Error(failure.toString());
}

function codeOf(failure: unknown): unknown {
  return typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
}

/** What was asked for, or what ZooKeeper's answer of this code stands for. */
async function unless<T, U>(
  asked: Promise<T>,
  meanings: readonly (readonly [code: number, meaning: U])[],
): Promise<T | U> {
  try {
    return await asked;
  } catch (error) {
    const found = meanings.find(([code]) => code === codeOf(error));
    if (found === undefined) throw error;
    return found[1];
  }
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  return await unless(asked, [[Exception.NO_NODE, undefined]]);
}
