/*
 * What the benchmark wants of each system that it measures.
 */
import type { Counters } from '../measure/counters.ts';

/** A process whose processor time counts, with that of its children. */
export interface MeasuredProcess {
  readonly name: string;
  readonly pid: number;
}

/** What a system says of the additions since it was filled. */
interface SystemTally {
  readonly acknowledged: number;
  readonly refused: number;
  /** Units in the carts of all users. */
  readonly units: number;
}

/** A system that runs. */
export interface System {
  readonly name: string;
  /** The version of the program behind the handler, as it says it; undefined where there is none. */
  readonly version: string | undefined;
  /** Where the requests go: shared out among these. */
  readonly urls: readonly string[];
  readonly processes: readonly MeasuredProcess[];
  /** Makes the shop of the workload. */
  fill(): Promise<void>;
  tally(): Promise<SystemTally>;
  /** How work was put together; undefined where nobody counts it. */
  readonly counters: (() => Promise<Counters>) | undefined;
  stop(): Promise<void>;
}
