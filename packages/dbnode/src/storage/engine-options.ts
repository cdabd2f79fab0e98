/*
 * What opening an engine takes: what it stands on, and its settings with what each trades.
 */
import type { Logger } from 'pino';
import type { Clock, Random } from '@trolley/cluster';
import type { LockDirectory } from './data-directory-lock.ts';
import type { Disk } from './disk.ts';

/** As much of pino as the engine uses. */
export type EngineLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Settings; each has a default. */
export interface EngineSettings {
  /** A segment of the journal is followed by the next when it is this long. Larger: fewer, longer files. */
  readonly journalSegmentBytes: number;
  /**
   * Whether a segment is as long as that before anything is written to it, and the next one is made ready meanwhile. A
   * commit is then nearly twice as fast, and a full disk refuses a segment rather than a write; it takes up to two
   * segments more of the disk.
   */
  readonly journalPreallocation: boolean;
  /**
   * No checkpoint begins before the journal is this long. Larger: fewer checkpoints, each of which writes a file for every
   * group however little is stored, but a longer start and more disk.
   */
  readonly checkpointJournalBytes: number;
  /**
   * Nor before it is this share of what is stored. Larger: a write costs less, but a start after a crash takes longer, and
   * the journal more of the disk.
   */
  readonly checkpointDataShare: number;
  /** A checkpoint that failed is tried again after this long at the earliest. */
  readonly checkpointRetryMs: number;
  /** Records that a checkpoint writes before it lets requests go on. Larger: sooner done, longer pauses. */
  readonly checkpointSliceRecords: number;
  /** Writes wait while more than this is on its way to disk. Larger: more memory, larger groups. */
  readonly pendingBytesMax: number;
  /** How often a read-only engine tries whether the disk takes writes again. */
  readonly probeIntervalMs: number;
  /** Keys remembered for each node that missed writes; what is over becomes whole placement groups. */
  readonly hintsMax: number;
  /** Placement group files that start-up reads at once. */
  readonly recoveryParallelism: number;
}

export const DEFAULT_ENGINE_SETTINGS: EngineSettings = {
  journalSegmentBytes: 8 * 1024 * 1024,
  journalPreallocation: true,
  checkpointJournalBytes: 64 * 1024 * 1024,
  checkpointDataShare: 1,
  checkpointRetryMs: 10_000,
  checkpointSliceRecords: 200,
  pendingBytesMax: 8 * 1024 * 1024,
  probeIntervalMs: 2000,
  hintsMax: 100_000,
  recoveryParallelism: 8,
};

/** What openEngine takes. */
export interface EngineOptions extends Partial<EngineSettings> {
  readonly dataDir: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: EngineLogger;
  /** Number of placement groups of the cluster. Records are filed anew when the directory was made with another. */
  readonly pgCount: number;
  /** The id this node must have; otherwise the one in the directory, or a random one that is then kept. */
  readonly nodeId?: string | undefined;
  /** Whether the cluster may have counted on this node before. A data directory that is new was lost then. */
  readonly isKnownToCluster?: boolean | undefined;
  /** Keeps other processes out of the directory; a socket in it unless given. */
  readonly lock?: LockDirectory | undefined;
  /** Lets other work of the process go on; `setImmediate` unless given. */
  readonly nextTurn?: (() => Promise<void>) | undefined;
  /** Called once when the engine has failed for good; the process should end. */
  readonly onFatal?: ((error: Error) => void) | undefined;
}
