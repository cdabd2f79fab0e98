/*
 * The log of a node or a gateway: JSON lines on stdout, written together. A reader of stdout that is gone or
 * stuck, and a disk without room, cost log lines and nothing else: they neither stop the process nor keep it
 * from ending.
 */
import { pino, type Logger } from 'pino';
import type { Clock } from '../environment.ts';
import { settledWithin } from './settled-within.ts';

/** Log lines are written at the latest after this long: a write for each request would cost too much. */
const FLUSH_MS = 250;
/** Log lines that a stuck reader of stdout may hold back; more are dropped. */
const WAITING_BYTES_MAX = 8_388_608;
/** What cannot be written by then, when the process ends, is lost. */
const CLOSE_TIMEOUT_MS = 1_000;

/** What the log is made of. */
export interface ProcessLogOptions {
  /** Names the kind of process in each line. */
  readonly service: string;
  readonly pid: number;
  readonly level: string;
  /** Bytes of lines that are written together; 1 writes each line as it comes. */
  readonly bufferBytes: number;
  readonly clock: Clock;
}

/** The log of this process. */
export interface ProcessLog {
  readonly logger: Logger;
  /** Writes what is buffered, as far as that can be done in short time. Never rejects; the last call on a log. */
  close(): Promise<void>;
}

/** Opens the log of this process on stdout. */
export function openProcessLog({ service, pid, level, bufferBytes, clock }: ProcessLogOptions): ProcessLog {
  // Opened as a stream, a pipe never blocks: a write that did would hold up the end of the process, for ever.
  process.stdout.on('error', () => {});
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: bufferBytes,
    maxLength: WAITING_BYTES_MAX,
    periodicFlush: FLUSH_MS,
  });
  // Nobody is left to tell when the log cannot be written. Without a listener the error would end the process.
  destination.on('error', () => {});
  // It tries again for ever, and in a busy loop, while stdout is broken; pino calls it on a fatal line and on exit.
  destination.flushSync = () => {};
  return {
    logger: pino({ level, base: { service, pid } }, destination),
    async close() {
      await settledWithin(clock, CLOSE_TIMEOUT_MS, new Promise((resolve) => destination.flush(resolve)));
    },
  };
}
