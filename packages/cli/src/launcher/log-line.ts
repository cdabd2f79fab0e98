/*
 * Decides which lines of a child's log a person should see, and says them in short. A line that is not a
 * log entry was written to standard error in an emergency: it is shown as it is.
 */
import { printable } from '../printable.ts';

/** Pino's numbers: 40 is a warning, 50 an error, 60 fatal. */
const WARNING = 40;
const ERROR = 50;
const SHORT_LINE_MAX = 300;
/** Every entry begins so; a look at one character tells most lines apart without parsing them. */
const ENTRY_START = '{"level":';

/** Lines around the message of a crash that tell a person nothing: the stack, the mark under the source, the version. */
const CRASH_DETAIL = /^(?:at .*|\^+|[{}]|Node\.js v\d.*)$/;

/** A line worth showing. */
export interface Trouble {
  readonly severity: 'warning' | 'error';
  readonly text: string;
}

/** What a log line has to say to a person; undefined when it can stay in the log. */
export function troubleIn(line: string): Trouble | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  if (CRASH_DETAIL.test(text)) return undefined;
  if (!text.startsWith(ENTRY_START)) return { severity: 'error', text: shorten(text) };
  if (text.charCodeAt(ENTRY_START.length) < '4'.charCodeAt(0)) return undefined;
  const entry = parseEntry(text);
  if (entry === undefined || entry.level < WARNING) return undefined;
  return { severity: entry.level >= ERROR ? 'error' : 'warning', text: shorten(entry.text) };
}

function parseEntry(text: string): { level: number; text: string } | undefined {
  try {
    const entry: unknown = JSON.parse(text);
    if (typeof entry !== 'object' || entry === null) return undefined;
    if (!('level' in entry) || typeof entry.level !== 'number') return undefined;
    const message = 'msg' in entry && typeof entry.msg === 'string' ? entry.msg : '';
    const cause = 'err' in entry ? messageIn(entry.err) : '';
    const said = cause === '' || message.includes(cause) ? message : `${message} (${cause})`;
    return { level: entry.level, text: said === '' ? text : said };
  } catch {
    return undefined;
  }
}

function messageIn(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage && typeof error.message === 'string' ? error.message : '';
}

function shorten(text: string): string {
  const clean = printable(text);
  return clean.length > SHORT_LINE_MAX ? `${clean.slice(0, SHORT_LINE_MAX)} ...` : clean;
}
