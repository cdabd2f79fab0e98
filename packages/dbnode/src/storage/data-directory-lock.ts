/*
 * Keeps a second process out of a data directory: a Unix socket that listens at `lock` in it. The kernel
 * ends it with the process, so what a kill -9 leaves behind is refused at once and taken over. Works
 * between containers that share the folder, as long as they share a kernel.
 */
import { rm, open, stat, type FileHandle } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import type { Clock, Random } from '@trolley/cluster';
import { errorCode } from './disk.ts';
import { DataDirectoryLockedError } from './errors.ts';

/** A lock that is held. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/** Locks a data directory that exists. @throws DataDirectoryLockedError when another has it. */
export type LockDirectory = (dataDir: string) => Promise<DirectoryLock>;

/** Socket paths longer than this do not fit in the kernel's structure. */
const SOCKET_PATH_BYTES_MAX = 103;
const LOCK_NAME = 'lock';
/** How long a holder may take to say its process id before it goes without. */
const ANSWER_TIMEOUT_MS = 500;
/** Two starters that both take over a dead lock find out within this. */
const TAKEOVER_PAUSE_MAX_MS = 40;
const TAKEOVER_PAUSE_MIN_MS = 10;
/** Someone else's taking over, or going, in between: look again, so many times. */
const ATTEMPTS_MAX = 5;

type Holder = { readonly kind: 'alive'; readonly pid: number | undefined } | { readonly kind: 'dead' };

/** The holder behind a socket file. */
async function askHolder(path: string, clock: Clock): Promise<Holder> {
  return await new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path);
    const finish = (holder: Holder): void => {
      timer.cancel();
      socket.destroy();
      resolve(holder);
    };
    const sayAlive = (): void => {
      const pid = Number.parseInt(answer, 10);
      finish({ kind: 'alive', pid: Number.isNaN(pid) ? undefined : pid });
    };
    // Connected means alive, also when it is stopped or too busy to answer.
    const timer = clock.after(ANSWER_TIMEOUT_MS, sayAlive);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', sayAlive);
    socket.on('error', (error) => {
      const code = errorCode(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') finish({ kind: 'dead' });
      // A full queue of connections: alive, and busy.
      else if (code === 'EAGAIN' || code === 'ECONNRESET' || code === 'EPIPE') sayAlive();
      else {
        timer.cancel();
        reject(error);
      }
    });
  });
}

/** Listens at the path; undefined when something is there already. */
async function listen(path: string): Promise<Server | undefined> {
  return await new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`${process.pid}\n`);
    });
    server.on('error', (error) => {
      if (errorCode(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

async function inodeAt(path: string): Promise<bigint | undefined> {
  const found = await stat(path, { bigint: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return found?.ino;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX;
}

/** A name for the lock's path that fits into a socket address; through an open handle when the path is too long. */
async function shortPath(dataDir: string): Promise<{ path: string; handle: FileHandle | undefined }> {
  const path = join(dataDir, LOCK_NAME);
  if (fits(path)) return { path, handle: undefined };
  const fromHere = relative(process.cwd(), path);
  if (fits(fromHere)) return { path: fromHere, handle: undefined };
  const handle = await open(dataDir, 'r');
  return { path: join('/proc/self/fd', String(handle.fd), LOCK_NAME), handle };
}

/** Makes the lock on the real file system. */
export function socketLock(clock: Clock, random: Random): LockDirectory {
  async function pause(): Promise<void> {
    const spreadMs = TAKEOVER_PAUSE_MAX_MS - TAKEOVER_PAUSE_MIN_MS;
    await new Promise<void>((resolve) => {
      clock.after(TAKEOVER_PAUSE_MIN_MS + random() * spreadMs, resolve);
    });
  }

  /** Removes a socket whose process is gone. @throws DataDirectoryLockedError when it is not. */
  async function clearDead(path: string, dataDir: string): Promise<void> {
    const inode = await inodeAt(path);
    const holder = await askHolder(path, clock);
    if (holder.kind === 'alive') throw new DataDirectoryLockedError(dataDir, holder.pid);
    // Not when another starter has put its own there since.
    if ((await inodeAt(path)) === inode) await rm(path, { force: true });
  }

  async function take(path: string, dataDir: string): Promise<Server> {
    let mustCheck = false;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const server = await listen(path);
      if (server === undefined) {
        await clearDead(path, dataDir);
        mustCheck = true;
        continue;
      }
      if (!mustCheck) return server;
      const inode = await inodeAt(path);
      await pause();
      if (inode !== undefined && (await inodeAt(path)) === inode) return server;
      await closeServer(server);
    }
    throw new DataDirectoryLockedError(dataDir, undefined);
  }

  return async (dataDir) => {
    const { path, handle } = await shortPath(dataDir);
    try {
      const server = await take(path, dataDir);
      return {
        release: async () => {
          await closeServer(server);
          await handle?.close();
        },
      };
    } catch (error) {
      await handle?.close();
      throw error;
    }
  };
}
