/*
 * A server that is no Node.js program, as a process: its log in a file, in a process group of its own, so that Ctrl-C
 * reaches the benchmark alone, which then ends everything in order; ended by its id.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FoundProgram } from './debian-program.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const LOOK_INTERVAL_MS = 100;

/** What is started. */
export interface DaemonSpecification {
  readonly name: string;
  readonly program: FoundProgram;
  readonly parameters: readonly string[];
  readonly logFile: string;
  /** What asks it to end; SIGTERM unless said otherwise. */
  readonly stopSignal?: NodeJS.Signals;
  /** Another user than this process's, for programs that refuse to be root. */
  readonly user?: SystemUser;
}

/** A user of the operating system. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** A daemon that runs. */
export interface Daemon {
  readonly name: string;
  readonly pid: number;
  /** Throws with the end of its log when it has ended. */
  assertRuns(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; whether it is up is for the caller to find out. */
export function startDaemon(specification: DaemonSpecification): Daemon {
  const { name, program, parameters, logFile, user, stopSignal = 'SIGTERM' } = specification;
  const log = openSync(logFile, 'w');
  const child = spawn(program.file, parameters, {
    stdio: ['ignore', log, log],
    detached: true,
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...program.environment },
    ...user,
  });
  closeSync(log);
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  return {
    name,
    pid: child.pid ?? 0,
    async assertRuns() {
      if (!hasEnded()) return;
      throw new Error(
        `${name} ended before it was up: ${failure?.message ?? (await readFile(logFile, 'utf8')).slice(-2_000)}`,
      );
    },
    async stop() {
      if (hasEnded()) return;
      const ended = once(child, 'exit');
      child.kill(stopSignal);
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(killer);
    },
  };
}

/** Looks again and again until what is asked is so. @throws when a daemon ends, or it takes too long, or on the signal */
export async function untilUp(
  what: string,
  daemons: readonly Daemon[],
  isUp: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const startMs = performance.now();
  while (performance.now() - startMs < START_TIMEOUT_MS) {
    for (const daemon of daemons) await daemon.assertRuns();
    if (await isUp()) return;
    await pause(LOOK_INTERVAL_MS, undefined, { signal });
  }
  throw new Error(`${what} is not up after ${START_TIMEOUT_MS} ms`);
}

/** Ends them all, the last started first. */
export async function stopAll(parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const part of parts.toReversed()) await part.stop();
}
