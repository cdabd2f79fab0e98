/*
 * Carries out commands on storage nodes by their ids, one at a time on each node.
 */
import type { ControlledNode, NodeCommand, ProcessState } from '@trolley/cluster';
import { isFit } from './node-command.ts';
import type { SupervisedChild } from './supervised-child.ts';

/** Time for a node to write its data and end. */
export const STOP_GRACE_MS = 15_000;

/** What became of a command. */
export type ControlOutcome =
  | { readonly kind: 'done'; readonly node: ControlledNode }
  | { readonly kind: 'unknown-node' }
  /** The process is in no state for it. */
  | { readonly kind: 'unfit'; readonly process: ProcessState }
  /** The process did not obey. */
  | { readonly kind: 'failed' }
  /** Another action on the node is in progress, or the launcher is stopping. */
  | { readonly kind: 'busy' };

export interface NodeControl {
  list(): ControlledNode[];
  /**
   * `kill` ends the node's process with SIGKILL. `restart` starts it again on the same data, after stopping it in order
   * if it runs. `pause` and `resume` stop it in mid-breath and let it go on. `cut-off` and `rejoin` take its network
   * away and give it back.
   */
  command(id: string, command: NodeCommand): Promise<ControlOutcome>;
}

/**
 * Control over the nodes that are in the map by then; `stopping` says whether the launcher is ending, and `onDone` hears
 * of each command that was carried out.
 */
export function createNodeControl(
  nodes: ReadonlyMap<string, SupervisedChild>,
  stopping: AbortSignal,
  onDone: (node: string, command: NodeCommand) => void = () => {},
): NodeControl {
  const busy = new Set<string>();
  return {
    list: () => [...nodes.values()].map(describe),
    async command(id, command) {
      const node = nodes.get(id);
      if (node === undefined) return { kind: 'unknown-node' };
      if (busy.has(id) || stopping.aborted) return { kind: 'busy' };
      if (!isFit(command, node.state)) return { kind: 'unfit', process: node.state };
      busy.add(id);
      try {
        const isDone = await carryOut(node, command, stopping);
        if (isDone) onDone(id, command);
        return isDone ? { kind: 'done', node: describe(node) } : { kind: 'failed' };
      } finally {
        busy.delete(id);
      }
    },
  };
}

async function carryOut(node: SupervisedChild, command: NodeCommand, stopping: AbortSignal): Promise<boolean> {
  switch (command) {
    case 'kill':
      await node.kill();
      return true;
    case 'restart':
      return restart(node, stopping);
    case 'pause':
      node.pause();
      return true;
    case 'resume':
      node.resume();
      return true;
    case 'cut-off':
    case 'rejoin':
      return node.order(command);
    default:
      return command satisfies never;
  }
}

async function restart(node: SupervisedChild, stopping: AbortSignal): Promise<boolean> {
  if (node.running) await node.stop(STOP_GRACE_MS, stopping);
  // A launcher that began to stop meanwhile would not know of a process started now.
  if (stopping.aborted) return false;
  await node.start();
  return true;
}

function describe(node: SupervisedChild): ControlledNode {
  return { id: node.name, running: node.running, pid: node.pid ?? null, process: node.state };
}
