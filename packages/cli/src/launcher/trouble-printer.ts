/*
 * Shows the children's warnings and errors on the terminal, in short, and no more of them than a person
 * reads: the rest of a flood is counted, and stands in the log.
 */
import type { Clock } from '@trolley/cluster';
import type { Terminal } from '../terminal.ts';
import type { Trouble } from './log-line.ts';

const WINDOW_MS = 10_000;
const LINES_IN_WINDOW_MAX = 8;

/** Prints troubles, a bounded number for each child in each span of ten seconds. */
export class TroublePrinter {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #logFileOf: (childName: string) => string;
  readonly #windows = new Map<string, { startMs: number; lines: number }>();

  constructor(terminal: Terminal, clock: Clock, logFileOf: (childName: string) => string) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#logFileOf = logFileOf;
  }

  print(childName: string, trouble: Trouble): void {
    const nowMs = this.#clock.monotonicMs();
    let window = this.#windows.get(childName);
    if (window === undefined || nowMs - window.startMs >= WINDOW_MS) {
      window = { startMs: nowMs, lines: 0 };
      this.#windows.set(childName, window);
    }
    window.lines += 1;
    if (window.lines > LINES_IN_WINDOW_MAX + 1) return;
    this.#terminal.notice(
      window.lines > LINES_IN_WINDOW_MAX
        ? this.#terminal.colours.dim(`${childName} has more to say: see ${this.#logFileOf(childName)}`)
        : this.#line(childName, trouble),
    );
  }

  #line(childName: string, trouble: Trouble): string {
    const { colours } = this.#terminal;
    const label = trouble.severity === 'error' ? colours.red('error') : colours.yellow('warning');
    return `${colours.bold(childName)} ${label}: ${trouble.text}`;
  }
}
