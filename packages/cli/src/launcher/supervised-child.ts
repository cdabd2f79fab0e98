/*
 * One node or gateway as a child process: started, watched, killed, stopped, started again. It is never
 * started again by itself: people kill nodes to see what happens. A child is in a process group of its
 * own, so that Ctrl-C reaches the launcher alone, which then stops the children in order; and it has a
 * channel to its parent, at whose end it stops by itself should the launcher be killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { childReportSchema, type ChildOrder, type ChildReport, type Clock, type ProcessState } from '@trolley/cluster';
import { messageOf } from '../failure.ts';
import { waitFor } from '../pause.ts';
import type { Environment } from './child-environment.ts';
import { LogFollower, openLogFile } from './log-file.ts';
import type { Trouble } from './log-line.ts';

const LOOK_INTERVAL_MS = 300;
/** After SIGKILL, a process that is still there hangs in the kernel; waiting longer does not help. */
const KILL_WAIT_MS = 10_000;
/** A child that serves obeys within milliseconds, unless it is very busy. */
const OBEY_WAIT_MS = 5_000;

export interface ChildSpecification {
  readonly name: string;
  /** The script to run. */
  readonly main: string;
  /** Flags of Node.js itself. */
  readonly flags: readonly string[];
  readonly environment: Environment;
  readonly logFile: string;
}

/** How a child ended. */
export interface ChildExit {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it was told to end. */
  readonly requested: boolean;
  /** The last error that it logged in this life, or why it could not be started. */
  readonly lastError: string | undefined;
}

export interface ChildListener {
  onStart(name: string): void;
  onExit(exit: ChildExit): void;
  onTrouble(name: string, trouble: Trouble): void;
}

/** A child process that can be started more than once, one process at a time. */
export class SupervisedChild {
  readonly name: string;
  readonly #specification: ChildSpecification;
  readonly #clock: Clock;
  readonly #listener: ChildListener;
  readonly #follower: LogFollower;
  #process: ChildProcess | undefined;
  #requested = false;
  #paused = false;
  /** Undefined until it serves. */
  #reported: ChildReport['state'] | undefined;
  #lastError: string | undefined;
  #looking: Promise<void> = Promise.resolve();
  #starting: Promise<void> | undefined;

  constructor(specification: ChildSpecification, clock: Clock, listener: ChildListener) {
    this.name = specification.name;
    this.#specification = specification;
    this.#clock = clock;
    this.#listener = listener;
    this.#follower = new LogFollower(specification.logFile);
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  get state(): ProcessState {
    if (!this.running) return 'stopped';
    return this.#paused ? 'paused' : (this.#reported ?? 'starting');
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the process unless it runs or is being started. @throws the system's error when its log cannot be opened. */
  async start(): Promise<void> {
    if (this.running) return;
    this.#starting ??= this.#startOnce().finally(() => (this.#starting = undefined));
    await this.#starting;
  }

  async #startOnce(): Promise<void> {
    const { main, flags, environment, logFile } = this.#specification;
    await this.#look();
    this.#requested = false;
    this.#paused = false;
    this.#reported = undefined;
    this.#lastError = undefined;
    const log = openLogFile(logFile);
    try {
      const child = spawn(process.execPath, [...flags, main], {
        env: { ...environment },
        stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'],
        detached: true,
      });
      this.#process = child;
      this.#watch(child);
    } finally {
      log.close();
    }
    this.#listener.onStart(this.name);
  }

  /** Ends the process at once with SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#requested = true;
    this.#process?.kill('SIGKILL');
    await this.#gone(KILL_WAIT_MS);
  }

  /** Asks the process to end, and kills it when the grace is over or the signal aborts. Resolves when it is gone. */
  async stop(graceMs: number, hurry?: AbortSignal): Promise<void> {
    this.#requested = true;
    this.#process?.kill('SIGTERM');
    // Only a process that runs hears of it.
    this.resume();
    if (!(await this.#gone(graceMs, hurry))) await this.kill();
  }

  /** Stops the process in mid-breath: it keeps all that it has and does nothing, until it is resumed. */
  pause(): void {
    this.#paused = this.#process?.kill('SIGSTOP') ?? false;
  }

  /** Lets a paused process go on. */
  resume(): void {
    if (!this.#paused) return;
    this.#process?.kill('SIGCONT');
    this.#paused = false;
  }

  /** Cuts the process off the network, or lets it back. @returns whether it has obeyed */
  async order(order: ChildOrder['order']): Promise<boolean> {
    const child = this.#process;
    if (child?.connected !== true) return false;
    const told: ChildOrder = { order };
    // What becomes of it the child's report says.
    child.send(told, () => undefined);
    const wanted = order === 'cut-off' ? 'cut-off' : 'running';
    const obeyed = await waitFor(this.#clock, { timeoutMs: OBEY_WAIT_MS, intervalMs: 20 }, async () =>
      this.#process === child && this.#reported !== wanted ? undefined : this.#process === child,
    );
    return obeyed === true;
  }

  #watch(child: ChildProcess): void {
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (this.#process !== child) return;
      this.#process = undefined;
      const requested = this.#requested;
      void this.#look().then(() =>
        this.#listener.onExit({ name: this.name, code, signal, requested, lastError: this.#lastError }),
      );
    };
    child.on('exit', ended);
    child.on('error', (error) => {
      this.#lastError = messageOf(error);
      if (child.pid === undefined) ended(null, null);
    });
    child.on('message', (message) => {
      const report = childReportSchema.safeParse(message);
      if (report.success && this.#process === child) this.#reported = report.data.state;
    });
    this.#follow(child);
  }

  #follow(child: ChildProcess): void {
    this.#clock.after(LOOK_INTERVAL_MS, () => {
      if (this.#process !== child) return;
      void this.#look().then(() => this.#follow(child));
    });
  }

  /** Reports the new troubles in the log; looks queue up behind each other. */
  #look(): Promise<void> {
    this.#looking = this.#lookAfter(this.#looking);
    return this.#looking;
  }

  async #lookAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    for (const trouble of await this.#follower.look()) {
      if (trouble.severity === 'error') this.#lastError = trouble.text;
      this.#listener.onTrouble(this.name, trouble);
    }
  }

  async #gone(timeoutMs: number, hurry?: AbortSignal): Promise<boolean> {
    const gone = await waitFor(
      this.#clock,
      { timeoutMs, intervalMs: 20 },
      () => Promise.resolve(this.running ? undefined : true),
      hurry,
    );
    return gone === true;
  }
}

/** How a process ended, in words. */
export function exitText(exit: ChildExit): string {
  if (exit.signal !== null) return `was ended by ${exit.signal}`;
  return exit.code === null ? 'could not be started' : `ended with exit code ${exit.code}`;
}
