/*
 * A command's surroundings for tests: what it writes is collected, and the network is a function.
 */
import { systemClock } from '@trolley/cluster';
import type { CommandContext } from '../command-context.ts';
import type { Prompter } from '../prompter.ts';
import { seededRandom } from '../sample/seeded-random.ts';
import { createTerminal } from '../terminal.ts';

export interface TestContext extends CommandContext {
  /** What was written to standard output and standard error. */
  readonly written: { out: string; error: string };
  /** As if the key was pressed. */
  press(key: string): void;
  /** As if the process got the signal. */
  signal(name: NodeJS.Signals): void;
}

interface TestSurroundings {
  readonly fetch?: typeof fetch;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly isTTY?: boolean;
  readonly prompter?: Prompter;
}

let contexts = 0;

/** A context that nothing outside the test sees. Each has a chance of its own. */
export function createTestContext(surroundings: TestSurroundings = {}): TestContext {
  const { environment = {}, isTTY = false } = surroundings;
  const written = { out: '', error: '' };
  contexts += 1;
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  const keyListeners = new Set<(key: string) => void>();
  const stream = (name: 'out' | 'error') => ({
    isTTY,
    columns: 200,
    write: (text: string) => {
      written[name] += text;
    },
  });
  return {
    terminal: createTerminal(stream('out'), stream('error'), environment),
    clock: systemClock,
    random: seededRandom(contexts),
    fetch: surroundings.fetch ?? (() => Promise.reject(new TypeError('the test has no network'))),
    prompter: surroundings.prompter,
    environment,
    onKey: (listener) => {
      keyListeners.add(listener);
      return () => {
        keyListeners.delete(listener);
      };
    },
    onStopSignal: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    written,
    press: (key) => {
      for (const listener of keyListeners) listener(key);
    },
    signal: (name) => {
      for (const listener of listeners) listener(name);
    },
  };
}
