/*
 * What can be done to a node's process, and in which of its states. Pure; node-control.ts does it.
 */
import type { NodeCommand, ProcessState } from '@trolley/cluster';

const FIT: Readonly<Record<NodeCommand, readonly ProcessState[]>> = {
  kill: ['starting', 'running', 'paused', 'cut-off'],
  restart: ['starting', 'running', 'paused', 'cut-off', 'stopped'],
  pause: ['starting', 'running', 'cut-off'],
  resume: ['paused'],
  // Others have no way to tell a process, until it serves and while it is paused.
  'cut-off': ['running'],
  rejoin: ['cut-off'],
};

/** Whether a process in this state can take the command. */
export function isFit(command: NodeCommand, state: ProcessState): boolean {
  return FIT[command].includes(state);
}
