/*
 * Tells the log that something is away and that it is back: at once, and then only now and then, however
 * often it is tried. It waits for nothing itself.
 */
import type { Logger } from 'pino';
import type { Clock } from './environment.ts';

/** How long to keep still between two warnings of one outage. */
const REPEAT_AFTER_MS = 30_000;

/** The log of one thing that may be away. */
export interface OutageLog {
  /** It was tried and did not answer. */
  failed(reason: string): void;
  /** It answers. */
  recovered(): void;
}

/** A log of outages; `awaited` names what is waited for, as in "the registry at http://127.0.0.1:4000". */
export function createOutageLog(awaited: string, clock: Clock, logger: Logger): OutageLog {
  let sinceMs: number | undefined;
  let warnedMs = 0;
  return {
    failed(reason) {
      const now = clock.monotonicMs();
      if (sinceMs !== undefined && now - warnedMs < REPEAT_AFTER_MS) {
        return;
      }
      sinceMs ??= now;
      warnedMs = now;
      logger.warn({ reason, forMs: Math.round(now - sinceMs) }, `waiting for ${awaited}; trying until it answers`);
    },
    recovered() {
      if (sinceMs !== undefined) {
        logger.info({ afterMs: Math.round(clock.monotonicMs() - sinceMs) }, `${awaited} answers again`);
      }
      sinceMs = undefined;
    },
  };
}
