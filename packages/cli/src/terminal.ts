/*
 * Where a command writes: results to standard output, everything else to standard error. Knows whether
 * people are watching: colours and the rewritten progress line are for them alone.
 */
import pico from 'picocolors';

/** The part of a stream that a terminal needs. */
export interface TextStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
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
  /** Shows these lines in place of those before, on a screen of their own. For an interactive terminal only. */
  frame(lines: readonly string[]): void;
  /** Goes back to the screen as it was before the first frame. */
  frameDone(): void;
}

const ERASE_LINE = '\r\u001B[2K';
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
/** The alternate screen, without a cursor, and back. */
const OPEN_SCREEN = '\u001B[?1049h\u001B[?25l';
const CLOSE_SCREEN = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const ERASE_TO_LINE_END = '\u001B[K';
const ERASE_BELOW = '\u001B[J';

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
  let frameShown = false;
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
    frame: (lines) => {
      if (!frameShown) stdout.write(OPEN_SCREEN);
      frameShown = true;
      stdout.write(HOME + fitting(lines, stdout.rows || DEFAULT_ROWS).join('\n') + ERASE_BELOW);
    },
    frameDone: () => {
      if (frameShown) stdout.write(CLOSE_SCREEN);
      frameShown = false;
    },
  };
}

/** As many lines as the screen has rows; each ends by wiping what stood there before. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  const rest = lines.length - rows;
  const shown = rest > 0 ? [...lines.slice(0, rows - 1), `... and ${rest + 1} lines more`] : lines;
  return shown.map((line) => line + ERASE_TO_LINE_END);
}

function wantsColours(interactive: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (isSet(environment['NO_COLOR'])) return false;
  if (isSet(environment['FORCE_COLOR'])) return environment['FORCE_COLOR'] !== '0';
  return interactive && environment['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
