/*
 * What the launcher says of the nodes' processes, asked once a second, so that nobody waits for it who asks for the
 * cluster. What is too old to be true is not told.
 */
import type { Clock, ProcessState } from '@trolley/cluster';
import type { Launcher } from './launcher-client.ts';

const INTERVAL_MS = 1_000;
const TRUE_FOR_MS = 5_000;

/** The processes as they were last heard of. */
export interface ProcessWatch {
  /** Undefined when the launcher has no such node, or has not answered of late. */
  stateOf(nodeId: string): ProcessState | undefined;
  /** Asks now, for whoever has just changed something. Never rejects. */
  refresh(): Promise<void>;
}

/** What the watch works with. */
export interface ProcessWatchOptions {
  readonly launcher: Launcher;
  readonly clock: Clock;
  /** Ends the watch. */
  readonly stopping: AbortSignal;
}

/** Asks from now on. */
export function watchProcesses({ launcher, clock, stopping }: ProcessWatchOptions): ProcessWatch {
  let states: ReadonlyMap<string, ProcessState> = new Map();
  let heardMs = 0;
  let asked = 0;
  let heard = 0;
  const refresh = async (): Promise<void> => {
    asked += 1;
    const round = asked;
    const answer = await launcher.processes();
    // An answer that was overtaken tells of the past.
    if (answer === undefined || round < heard) return;
    heard = round;
    states = answer;
    heardMs = clock.monotonicMs();
  };
  const keepAsking = async (): Promise<void> => {
    await refresh();
    if (!stopping.aborted) clock.after(INTERVAL_MS, () => void keepAsking());
  };
  void keepAsking();
  return {
    stateOf: (nodeId) => (clock.monotonicMs() - heardMs > TRUE_FOR_MS ? undefined : states.get(nodeId)),
    refresh,
  };
}
