/*
 * Keeps a second process out of a data directory: a Unix socket that listens in it. The kernel ends it
 * with the process, so what a kill -9 leaves behind is refused at once. Works between containers that
 * share the folder, as long as they share a kernel.
 *
 * Each start listens under a name of its own, never used again, and only then looks at the others: of two
 * that start together, the one that listened last sees the other. So a dead socket can be removed without
 * fear of removing a live one that took its place, which one fixed name could not give.
 */
import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
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

/** Socket paths longer than this do not fit in the kernel's structure on every system. */
const SOCKET_PATH_BYTES_MAX = 103;
const LOCK_NAME = /^lock\.[0-9a-z]{8}$/;
/** How long a process may take to say who it is before it counts as a holder that does not answer. */
const ANSWER_TIMEOUT_MS = 500;
/** Starters that find each other step back for a random time up to this, so many times. */
const STEP_BACK_MAX_MS = 100;
const ATTEMPTS_MAX = 10;

/** What a live socket says: its process, and whether it has the lock or is looking too. */
interface Answer {
  readonly pid: number | undefined;
  readonly isStarting: boolean;
}

/** Asks the process behind a socket; undefined when there is none any more. */
async function ask(path: string, clock: Clock): Promise<Answer | undefined> {
  return await new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(path);
    const finish = (answer: Answer | undefined): void => {
      timer.cancel();
      socket.destroy();
      resolve(answer);
    };
    const answer = (): void => {
      const [, pid, state] = /^(\d+) (held|starting)\n$/.exec(said) ?? [];
      finish({ pid: pid === undefined ? undefined : Number(pid), isStarting: state === 'starting' });
    };
    // Connected means alive, also when it is stopped or too busy to answer.
    const timer = clock.after(ANSWER_TIMEOUT_MS, answer);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      said += text;
    });
    socket.on('end', answer);
    socket.on('error', (error) => {
      const code = errorCode(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') finish(undefined);
      // A full queue of connections, or one that broke: alive.
      else if (code === 'EAGAIN' || code === 'ECONNRESET' || code === 'EPIPE') answer();
      else {
        timer.cancel();
        reject(error);
      }
    });
  });
}

/** A socket of this process that says who and what it is. */
class OwnSocket {
  readonly #server: Server;
  isHeld = false;

  constructor() {
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`${process.pid} ${this.isHeld ? 'held' : 'starting'}\n`);
    });
  }

  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    this.#server.unref();
  }

  /** Ends it and removes its name. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** The folder by a name short enough for the sockets in it; through an open handle when it must be. */
async function shortFolder(dataDir: string): Promise<{ folder: string; handle: FileHandle | undefined }> {
  const fits = [dataDir, relative(process.cwd(), dataDir)].find(
    (folder) => Buffer.byteLength(join(folder, 'lock.12345678')) <= SOCKET_PATH_BYTES_MAX,
  );
  if (fits !== undefined) return { folder: fits === '' ? '.' : fits, handle: undefined };
  const handle = await open(dataDir, 'r');
  return { folder: join('/proc/self/fd', String(handle.fd)), handle };
}

async function isSocket(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isSocket() === true;
}

/** The live sockets besides one's own; removes the dead. */
async function others(folder: string, own: string, clock: Clock): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name === own || !LOCK_NAME.test(name) || !(await isSocket(path))) continue;
    const answer = await ask(path, clock);
    if (answer === undefined) await rm(path, { force: true });
    else answers.push(answer);
  }
  return answers;
}

/** Makes the lock on the real file system. */
export function socketLock(clock: Clock, random: Random): LockDirectory {
  function newName(): string {
    const digits = Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36));
    return `lock.${digits.join('')}`;
  }

  async function stepBack(): Promise<void> {
    await new Promise<void>((resolve) => {
      clock.after(random() * STEP_BACK_MAX_MS, resolve);
    });
  }

  /** One attempt; undefined when another starter, or a name removed before it listened, got in the way. */
  async function attempt(folder: string, dataDir: string): Promise<OwnSocket | undefined> {
    const name = newName();
    const socket = new OwnSocket();
    await socket.listen(join(folder, name));
    try {
      const alive = await others(folder, name, clock);
      const holder = alive.find(({ isStarting }) => !isStarting);
      if (holder !== undefined) throw new DataDirectoryLockedError(dataDir, holder.pid);
      if (alive.length === 0 && (await isSocket(join(folder, name)))) {
        socket.isHeld = true;
        return socket;
      }
    } finally {
      if (!socket.isHeld) await socket.close();
    }
    return undefined;
  }

  return async (dataDir) => {
    const { folder, handle } = await shortFolder(dataDir);
    try {
      for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
        const socket = await attempt(folder, dataDir);
        if (socket !== undefined) {
          return {
            release: async () => {
              await socket.close();
              await handle?.close();
            },
          };
        }
        await stepBack();
      }
      throw new DataDirectoryLockedError(dataDir, undefined);
    } catch (error) {
      await handle?.close();
      throw error;
    }
  };
}
