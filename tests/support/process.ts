/*
 * One process of the system under test: started, watched through its JSON log, killed and ended by id.
 * Ends with the test process however that ends: the child stops when its IPC channel closes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ProcessPlace } from './split-network.ts';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 30_000;
const LOG_LINES_KEPT = 2_000;

/** A line of a process's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A running process. */
export interface TestProcess {
  readonly pid: number;
  readonly url: string;
  /** What it said when it was up: its id and so on. */
  readonly ready: LogLine;
  /** Its latest log lines, oldest first. */
  readonly log: readonly LogLine[];
  readonly stderr: () => string;
  readonly exited: () => boolean;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** Makes it stand still, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

/** Starts a program that logs JSON lines, here or in a place, and resolves once it logs the message that says it is up. */
export async function startProcess(
  main: string,
  environment: Readonly<Record<string, string>>,
  readyMessage: string,
  place?: ProcessPlace,
): Promise<TestProcess> {
  const [program, ...words] = [...(place?.command ?? []), process.execPath, main];
  const child = spawn(program, words, {
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'info', TROLLEY_PARENT: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log: LogLine[] = [];
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = once(child, 'exit');
  const ready = await new Promise<LogLine>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${main} ${why}: ${stderr} ${JSON.stringify(log.at(-1))}`));
    const timer = setTimeout(() => fail('is not up'), START_TIMEOUT_MS);
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (text) => {
      const line = parseLine(text);
      log.push(line);
      if (log.length > LOG_LINES_KEPT) log.shift();
      if (line['msg'] === readyMessage) {
        clearTimeout(timer);
        resolve(line);
      }
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
  const ownUrl = String(ready['url']);
  const url = place === undefined ? ownUrl : await place.reach(ownUrl);
  return asTestProcess(child, exit, { ready, url }, log, () => stderr);
}

function asTestProcess(
  child: ChildProcess,
  exit: Promise<unknown>,
  { ready, url }: Pick<TestProcess, 'ready' | 'url'>,
  log: readonly LogLine[],
  stderr: () => string,
): TestProcess {
  const exited = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (!exited()) child.kill(signal);
    await exit;
  };
  return {
    pid: child.pid ?? 0,
    url,
    ready,
    log,
    stderr,
    exited,
    kill: () => end('SIGKILL'),
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await end('SIGTERM');
      clearTimeout(timer);
      return child.exitCode;
    },
    signal: (signal) => void child.kill(signal),
  };
}

function parseLine(text: string): LogLine {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : { msg: text };
  } catch {
    return { msg: text };
  }
}
