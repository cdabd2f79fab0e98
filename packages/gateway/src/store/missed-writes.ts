/*
 * Tells of replicas that miss writes without a warning for each: one when a replica begins to miss them, one with the
 * count when it takes writes again. Each missed write is counted, and logged at debug with its request.
 */
import type { Clock } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { GatewayMetrics } from '../metrics.ts';

/** A replica that missed a write so lately may fail the next one too: it has not come back yet. */
const QUIET_MS = 5_000;

/** What telling works with. */
export interface MissedWritesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<GatewayMetrics, 'missedWrite'>;
}

/** A write that a replica missed. */
export interface MissedWrite {
  readonly node: string;
  readonly key: string;
  readonly requestId: string;
  readonly error: string;
}

interface Gap {
  count: number;
  readonly sinceMs: number;
  lastMs: number;
}

/** The replicas that miss writes now. */
export class MissedWrites {
  readonly #options: MissedWritesOptions;
  readonly #gaps = new Map<string, Gap>();

  constructor(options: MissedWritesOptions) {
    this.#options = options;
  }

  missed(write: MissedWrite): void {
    const { clock, logger, metrics } = this.#options;
    metrics.missedWrite(write.node);
    const nowMs = clock.monotonicMs();
    const gap = this.#gaps.get(write.node);
    if (gap === undefined) {
      this.#gaps.set(write.node, { count: 1, sinceMs: nowMs, lastMs: nowMs });
      logger.warn({ ...write }, 'a replica missed a write; those that it misses from now on are logged at debug');
      return;
    }
    gap.count += 1;
    gap.lastMs = nowMs;
    logger.debug({ ...write }, 'a replica missed a write');
  }

  /** Whether a replica misses writes now, and has been warned of. */
  isMissing(node: string): boolean {
    return this.#gaps.has(node);
  }

  /** A replica has a write on its disk. */
  reached(node: string): void {
    const gap = this.#gaps.get(node);
    if (gap === undefined) return;
    const { clock, logger } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - gap.lastMs < QUIET_MS) return;
    this.#gaps.delete(node);
    const { count, sinceMs } = gap;
    logger.warn({ node, writes: count, forMs: Math.round(nowMs - sinceMs) }, 'a replica takes writes again');
  }
}
