/*
 * Where a command writes: results to standard output, everything else to standard error. Knows whether
 * people are watching: colours and the rewritten progress line are for them alone.
 */
import pico from 'picocolors';

/** The part of a stream that a terminal needs. */
export interface TextStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export type Colours = ReturnType<typeof pico.createColors>;

export interface Terminal {
  /** Whether results go to a person's screen rather than into a pipe or a file. */
  readonly interactive: boolean;
  /** Functions that colour a text, or leave it as it is. */
  readonly colours: Colours;
  /** A line of the result. */
  line(text: string): void;
  /** A line beside the result. */
  notice(text: string): void;
  /** A line that the next one replaces; not shown unless somebody watches. */
  progress(text: string): void;
  /** Takes the progress line away. */
  progressDone(): void;
}

const ERASE_LINE = '\r\u001B[2K';
const DEFAULT_COLUMNS = 80;

/**
 * Writes to two streams. Colours are used on a screen unless NO_COLOR is set and not empty
 * (https://no-color.org), and in a pipe only with FORCE_COLOR.
 */
export function createTerminal(
  stdout: TextStream,
  stderr: TextStream,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const interactive = stdout.isTTY === true;
  const watched = stderr.isTTY === true;
  let progressShown = false;
  const eraseProgress = (): void => {
    if (progressShown) stderr.write(ERASE_LINE);
    progressShown = false;
  };
  return {
    interactive,
    colours: pico.createColors(wantsColours(interactive, environment)),
    line: (text) => {
      eraseProgress();
      stdout.write(`${text}\n`);
    },
    notice: (text) => {
      eraseProgress();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!watched) return;
      stderr.write(ERASE_LINE + text.slice(0, (stderr.columns || DEFAULT_COLUMNS) - 1));
      progressShown = true;
    },
    progressDone: eraseProgress,
  };
}

function wantsColours(interactive: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (isSet(environment['NO_COLOR'])) return false;
  if (isSet(environment['FORCE_COLOR'])) return environment['FORCE_COLOR'] !== '0';
  return interactive && environment['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
