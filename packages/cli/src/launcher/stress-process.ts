/*
 * `trolley stress` as a child process, which keeps its load off the launcher's own process. It is in a process group of
 * its own, so that Ctrl-C reaches the launcher alone, and ends by itself when the launcher is gone.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { StressWish } from '@trolley/cluster';
import { messageOf } from '../failure.ts';
import { stressLineSchema, type StressLine } from '../stress/stress-lines.ts';
import type { Environment } from './child-environment.ts';

export interface StressListener {
  onLine(line: StressLine): void;
  /** Called once, when the process is gone. */
  onEnd(lastError: string | undefined): void;
}

/** A process that runs. */
export interface StressProcess {
  /** Asks it to end, which it does once the items of the test are removed. */
  stop(): void;
  kill(): void;
}

/** Starts a test against a gateway. */
export type StartStress = (wish: StressWish, gatewayUrl: string, listener: StressListener) => StressProcess;

/** Starts tests with the script of the `trolley` command. */
export function stressStarter(main: string, environment: Environment): StartStress {
  return (wish, gatewayUrl, listener) => {
    const child = spawn(process.execPath, [main, ...wordsOf(wish), '--gateway', gatewayUrl], {
      env: { ...environment, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    watch(child, listener);
    return { stop: () => void child.kill('SIGTERM'), kill: () => void child.kill('SIGKILL') };
  };
}

function wordsOf({ test, size, workers }: StressWish): string[] {
  const words = ['stress', String(test), '--progress', 'json'];
  if (size !== undefined) words.push('--size', String(size));
  if (workers !== undefined) words.push('--workers', String(workers));
  return words;
}

function watch(child: ChildProcess, listener: StressListener): void {
  let lastError: string | undefined;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    listener.onEnd(lastError);
  };
  eachLine(child.stdout, (text) => {
    const line = lineIn(text);
    if (line !== undefined) listener.onLine(line);
  });
  eachLine(child.stderr, (text) => {
    if (text.startsWith('error: ')) lastError = text.slice('error: '.length);
    else lastError ??= text === '' ? undefined : text;
  });
  child.on('error', (error) => {
    lastError = messageOf(error);
    if (child.pid === undefined) end();
  });
  // After all that it wrote has been read.
  child.on('close', end);
}

function eachLine(stream: Readable | null, hear: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', hear);
}

function lineIn(text: string): StressLine | undefined {
  try {
    return stressLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
