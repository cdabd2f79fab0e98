/*
 * What every command is given: where to write, time, chance, the network, the environment. A test gives
 * its own.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Prompter } from './prompter.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: typeof fetch;
  /** Asks whoever sits at the terminal; undefined where nobody does. */
  readonly prompter: Prompter | undefined;
  /** The environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back with each key that is pressed, where there is a keyboard; returns a function that ends that. */
  readonly onKey: (listener: (key: string) => void) => () => void;
  /** Calls back on SIGINT, SIGTERM and SIGHUP; returns a function that ends that. */
  readonly onStopSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
}
