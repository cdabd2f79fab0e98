/*
 * The `trolley` command as a person runs it: as a process, from a folder of its own.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { waitUntil } from './wait-until.ts';

const TROLLEY = path.resolve(import.meta.dirname, '../../packages/cli/dist/main.js');
/** What the first promise of the project allows for a start. */
const READY_TIMEOUT_MS = 60_000;

type Environment = Readonly<Record<string, string>>;

/** How a command ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `trolley up` that was started. */
export interface Launcher {
  readonly pid: number;
  /** Its output so far. */
  output(): Omit<Finished, 'code'>;
  running(): boolean;
  /** Resolves to the first gateway's URL once it says that it is ready. @throws Error when it ends instead */
  ready(): Promise<string>;
  /** Sends a signal and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Finished>;
}

/** Runs a command to its end in a folder; `url` is where it finds the gateway. */
export async function trolley(folder: string, words: readonly string[], url?: string): Promise<Finished> {
  const command = start(folder, words, url === undefined ? {} : { TROLLEY_URL: url });
  await once(command.child, 'close');
  return { code: command.child.exitCode, ...command.output() };
}

/** Starts `trolley up` in a folder. */
export function launch(folder: string, words: readonly string[], environment: Environment = {}): Launcher {
  const { child, output } = start(folder, ['up', ...words], environment);
  const closed = once(child, 'close');
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    output,
    running,
    async ready() {
      const isReadyOrEnded = () => !running() || urlIn(output().stdout) !== undefined;
      await waitUntil('the cluster to be ready', isReadyOrEnded, READY_TIMEOUT_MS);
      const url = urlIn(output().stdout);
      if (url !== undefined) return url;
      throw new Error(`it ended with ${child.exitCode ?? child.signalCode}: ${output().stderr}`);
    },
    async end(signal) {
      child.kill(signal);
      await closed;
      return { code: child.exitCode, ...output() };
    },
  };
}

/** The processes that run in a folder: a launcher and all that it started, wherever they have got to. */
export async function processesIn(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const folders = await Promise.all(pids.map(async (pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return pids.filter((_, index) => folders[index] === folder);
}

function start(folder: string, words: readonly string[], environment: Environment) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, [TROLLEY, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, output: () => ({ stdout, stderr }) };
}

/** The URL in the message of a cluster that is ready, once all of it is there. */
function urlIn(output: string): string | undefined {
  return /^Trolley is ready at (http:\S+)$[^]*^npx trolley --help /m.exec(output)?.[1];
}
