/*
 * Kills and restarts storage nodes by their ids, one action on a node at a time.
 */
import type { SupervisedChild } from './supervised-child.ts';

/** Time for a node to write its data and end. */
export const STOP_GRACE_MS = 15_000;

/** A storage node as the control API lists it. */
export interface ControlledNode {
  readonly id: string;
  readonly running: boolean;
  readonly pid: number | null;
}

/** What became of a request to kill or restart a node. */
export type ControlOutcome =
  | { readonly kind: 'done'; readonly node: ControlledNode }
  | { readonly kind: 'unknown-node' }
  | { readonly kind: 'not-running' }
  /** Another action on the node is in progress, or the launcher is stopping. */
  | { readonly kind: 'busy' };

export interface NodeControl {
  list(): ControlledNode[];
  /** Ends the node's process with SIGKILL. */
  kill(id: string): Promise<ControlOutcome>;
  /** Starts the node's process again on the same data, after stopping it in order if it runs. */
  restart(id: string): Promise<ControlOutcome>;
}

/** Control over the nodes that are in the map by then; `stopping` says whether the launcher is ending. */
export function createNodeControl(nodes: ReadonlyMap<string, SupervisedChild>, stopping: AbortSignal): NodeControl {
  const busy = new Set<string>();

  const act = async (id: string, action: (node: SupervisedChild) => Promise<boolean>): Promise<ControlOutcome> => {
    const node = nodes.get(id);
    if (node === undefined) return { kind: 'unknown-node' };
    if (busy.has(id) || stopping.aborted) return { kind: 'busy' };
    busy.add(id);
    try {
      return (await action(node)) ? { kind: 'done', node: describe(node) } : { kind: 'not-running' };
    } finally {
      busy.delete(id);
    }
  };

  return {
    list: () => [...nodes.values()].map(describe),
    kill: (id) =>
      act(id, async (node) => {
        const { running } = node;
        await node.kill();
        return running;
      }),
    restart: (id) =>
      act(id, async (node) => {
        if (node.running) await node.stop(STOP_GRACE_MS, stopping);
        // A launcher that began to stop meanwhile would not know of a process started now.
        if (stopping.aborted) return false;
        await node.start();
        return true;
      }),
  };
}

function describe(node: SupervisedChild): ControlledNode {
  return { id: node.name, running: node.running, pid: node.pid ?? null };
}
