/*
 * What the storage benchmark asks of an engine's process, and what that answers, over the channel that Node.js keeps
 * between a process and its child.
 */
import type { LongestHold } from './loop-watch.ts';

/** What can be asked. */
export type Request =
  | { readonly type: 'fill'; readonly carts: number; readonly lines: number }
  /** Additions to random carts, so many at once; `writes` of them, or until that many checkpoints have ended. */
  | { readonly type: 'change'; readonly carts: number; readonly concurrent: number; readonly until: Until }
  /** Newer records of random carts, as another replica would send them. */
  | { readonly type: 'merge'; readonly carts: number; readonly concurrent: number; readonly writes: number }
  /** A checkpoint of everything; with additions meanwhile when `concurrent` is above 0. */
  | { readonly type: 'checkpoint'; readonly carts: number; readonly concurrent: number }
  | { readonly type: 'memory' }
  | { readonly type: 'close' };

/** When to stop writing. */
export type Until = { readonly writes: number } | { readonly checkpoints: number };

/** Told without being asked, once the engine is open. */
export interface Opened {
  readonly tookMs: number;
  readonly records: number;
  readonly journalEntries: number;
  readonly residentMb: number;
}

/** What writing cost. */
export interface WriteFigures {
  readonly writes: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly commits: number;
  readonly hold: LongestHold;
}

/** What a checkpoint cost. */
export interface CheckpointFigures {
  readonly tookMs: number;
  readonly cpuMs: number;
  /** Additions meanwhile. */
  readonly writes: number;
  readonly hold: LongestHold;
}

/** Memory of the process, after a full collection. */
export interface MemoryFigures {
  readonly residentMb: number;
  readonly heapMb: number;
}

/** The answer to each request. */
export interface Answers {
  readonly fill: WriteFigures;
  readonly change: WriteFigures;
  readonly merge: WriteFigures;
  readonly checkpoint: CheckpointFigures;
  readonly memory: MemoryFigures;
  readonly close: null;
}
