/*
 * Starts an engine's process and asks it one thing at a time.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '@trolley/cluster';
import type { Answers, Opened, Request } from './subject-messages.ts';

const MAIN = fileURLToPath(new URL('subject-main.js', import.meta.url));

/** An engine in a process of its own. */
export class Subject {
  readonly opened: Opened;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, opened: Opened) {
    this.#child = child;
    this.opened = opened;
  }

  /** Resolves once the engine is open. */
  static async start(dataDir: string, signal: AbortSignal): Promise<Subject> {
    const child = fork(MAIN, [dataDir], { execArgv: ['--expose-gc', ...NODE_FLAGS], signal, killSignal: 'SIGKILL' });
    return new Subject(child, await nextMessage<Opened>(child));
  }

  async ask<R extends Request>(request: R): Promise<Answers[R['type']]> {
    const answer = nextMessage<Answers[R['type']]>(this.#child);
    this.#child.send(request);
    return answer;
  }

  /** Closes the engine, then ends the process. */
  async close(): Promise<void> {
    await this.ask({ type: 'close' });
    await this.kill();
  }

  /** Ends the process as a loss of power would, but for what the system has in its cache. */
  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const onExit = (code: number | null, killedBy: NodeJS.Signals | null): void => {
      reject(new Error(`the engine's process ended: ${killedBy ?? code}`));
    };
    child.once('exit', onExit);
    child.once('error', reject);
    child.once('message', (message: T) => {
      child.off('exit', onExit);
      child.off('error', reject);
      resolve(message);
    });
  });
}
