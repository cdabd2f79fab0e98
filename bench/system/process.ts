/*
 * A server as a process: started with its log in a file, up once it says so there, ended on request. It has a
 * channel to this process, at whose end it stops by itself; and it is in a process group of its own, so that Ctrl-C
 * reaches the benchmark alone, which then ends everything in order. What stands in front of other systems has the flags
 * that Trolley's gateways have.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { GATEWAY_FLAGS } from '@trolley/cluster';
import { z } from 'zod';

const START_TIMEOUT_MS = 60_000;
const LOOK_INTERVAL_MS = 100;
const STOP_TIMEOUT_MS = 30_000;

/** What is started. */
export interface ServerSpecification {
  readonly name: string;
  /** The script to run. */
  readonly main: string;
  /** Flags of Node.js itself; a gateway's unless given. */
  readonly flags?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** A server that runs. */
export interface Server {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  /** Resolves once the process has ended; kills it when it does not end in time. */
  stop(): Promise<void>;
}

const readyLine = z.object({ msg: z.string().regex(/\bis up$/), url: z.url() });

/**
 * Starts a server and resolves once it has logged that it is up and where.
 *
 * @throws when it ends before that, or the signal aborts, or it takes too long; it does not run then.
 */
export async function startServer(specification: ServerSpecification, signal: AbortSignal): Promise<Server> {
  const { name, main, flags = GATEWAY_FLAGS, environment, logFile } = specification;
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [...flags, main], {
    env: { PATH: process.env['PATH'], TROLLEY_PARENT: '1', ...environment },
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  try {
    const url = await urlOnceUp(child, specification, signal);
    return { name, pid: child.pid ?? 0, url, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function urlOnceUp(
  child: ChildProcess,
  { name, logFile }: ServerSpecification,
  signal: AbortSignal,
): Promise<string> {
  const startMs = performance.now();
  while (performance.now() - startMs < START_TIMEOUT_MS) {
    const log = await readFile(logFile, 'utf8');
    const url = urlIn(log);
    if (url !== undefined) return url;
    if (hasEnded(child)) throw new Error(`${name} ended before it was up: ${log.slice(-2_000)}`);
    await pause(LOOK_INTERVAL_MS, undefined, { signal });
  }
  throw new Error(`${name} is not up after ${START_TIMEOUT_MS} ms`);
}

function urlIn(log: string): string | undefined {
  for (const text of log.split('\n')) {
    const line = readyLine.safeParse(parsed(text));
    if (line.success) return line.data.url;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(killer);
}
