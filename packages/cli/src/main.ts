/*
 * The process of the `trolley` command: hands the real terminal, time, chance, network and signals to the
 * command line, and exits with its code.
 */
import { systemClock } from '@trolley/cluster';
import { createPrompter } from './clack-prompter.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT_FAILED, EXIT_OK, systemCodeOf } from './failure.ts';
import { onKeyOf } from './keyboard.ts';
import { runCommandLine } from './program.ts';
import { createTerminal } from './terminal.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const LONG_MS = 2 ** 31 - 1;

const context: CommandContext = {
  terminal: createTerminal(process.stdout, process.stderr, process.env),
  clock: systemClock,
  random: Math.random,
  fetch,
  prompter: process.stdin.isTTY && process.stdout.isTTY ? createPrompter(process.stdin, process.stdout) : undefined,
  environment: process.env,
  onKey: onKeyOf(process.stdin),
  onStopSignal: (listener) => {
    const onParentGone = (): void => listener('SIGTERM');
    // Whoever started this process and reads what it writes has died.
    process.on('disconnect', onParentGone);
    for (const signal of STOP_SIGNALS) process.on(signal, listener);
    return () => {
      process.off('disconnect', onParentGone);
      for (const signal of STOP_SIGNALS) process.off(signal, listener);
    };
  },
};

// Whoever reads a pipe may stop early (`trolley status | head -1`): that is no failure.
process.stdout.on('error', (error) => {
  if (systemCodeOf(error) === 'EPIPE') process.exit(EXIT_OK);
  process.exit(EXIT_FAILED);
});

// The clock's timers do not keep a process alive, and a command may wait for nothing else.
const keepAlive = setInterval(() => undefined, LONG_MS);
try {
  process.exitCode = await runCommandLine(context, process.argv.slice(2));
} finally {
  clearInterval(keepAlive);
}
