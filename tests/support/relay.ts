/*
 * Connections between this process and a network namespace in which it does not run, over a helper process that does.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import path from 'node:path';
import { isObject, property } from './json.ts';

const RELAY_MAIN = path.join(import.meta.dirname, 'relay-main.mjs');
const ANSWER_TIMEOUT_MS = 20_000;

/** A helper that runs in a namespace. */
export interface Relay {
  /** Makes a server of the namespace reachable from here; resolves to its port on 127.0.0.1. */
  forward(host: string, port: number): Promise<number>;
  /** Makes a server on 127.0.0.1 reachable in the namespace, at this address of it; resolves to the port there. */
  offer(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

/** Starts a helper with a command that enters the namespace. */
export async function startRelay(command: readonly string[]): Promise<Relay> {
  const [program = '', ...words] = command;
  const child = fork(RELAY_MAIN, { execPath: program, execArgv: [...words, process.execPath] });
  await messageOf(child, 'ready');
  return {
    async forward(host, port) {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = property(server.address(), 'port');
      await new Promise<void>((resolve, reject) => {
        child.send({ type: 'forward', host, port }, server, (error) => (error === null ? resolve() : reject(error)));
      });
      // The helper has a copy of it, and should be the only one that takes connections.
      server.close();
      return Number(address);
    },
    async offer(host, port) {
      child.on('message', (message, handle) => {
        if (isOfType(message, 'connection') && handle instanceof Socket) join(handle, connect(port, '127.0.0.1'));
      });
      child.send({ type: 'offer', host });
      return Number(property(await messageOf(child, 'offered'), 'port'));
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const [end, far] of [
    [one, other],
    [other, one],
  ] as const) {
    end.setNoDelay(true);
    end.on('error', () => far.destroy());
    end.on('close', () => far.destroy());
  }
}

async function messageOf(child: ChildProcess, type: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the relay did not say ${type}`)), ANSWER_TIMEOUT_MS);
    const listen = (message: unknown) => {
      if (!isOfType(message, type)) return;
      clearTimeout(timer);
      child.off('message', listen);
      resolve(message);
    };
    child.on('message', listen);
    child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
  });
}

function isOfType(message: unknown, type: string): boolean {
  return isObject(message) && message['type'] === type;
}
