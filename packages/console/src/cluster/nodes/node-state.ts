/*
 * What a node is like in a word, and what can be done to its process. Pure.
 */
import type { ClusterNode, NodeCommand, ProcessState } from '../../api/cluster.ts';
import type { Tone } from '../../design/notice.tsx';

/** A word or two about a node. */
export interface NodeLabel {
  readonly text: string;
  readonly tone: Tone;
  /** What the words mean. */
  readonly meaning: string;
}

/** Whether it answers. */
export function livenessOf({ up, process, fetching }: ClusterNode): NodeLabel {
  if (process === 'paused')
    return { text: 'paused', tone: 'warn', meaning: 'Stands still in mid-breath: connected, and silent.' };
  if (process === 'cut-off') return { text: 'cut off', tone: 'warn', meaning: 'Runs, and can reach nobody.' };
  if (process === 'starting') return { text: 'starting', tone: 'info', meaning: 'Reads its data from disk.' };
  if (!up) return { text: 'down', tone: 'bad', meaning: 'Not heard of by the registry.' };
  if (fetching !== undefined) return { text: 'catching up', tone: 'info', meaning: 'Up, and fetches data it lacks.' };
  return { text: 'up', tone: 'good', meaning: 'Answers, and has all that it should.' };
}

/** Where the map has it, when that is anything but `in`. */
export function standingOf({ state, keptIn }: ClusterNode): NodeLabel | undefined {
  switch (state) {
    case 'in':
      return keptIn === undefined ? undefined : { text: 'kept in', tone: 'warn', meaning: keptIn };
    case 'out':
      return { text: 'out', tone: 'warn', meaning: 'Down for so long that its keys are placed on others.' };
    case 'draining':
      return { text: 'draining', tone: 'info', meaning: 'An operator takes it out; its data moves away.' };
    case 'drained':
      return { text: 'drained', tone: 'plain', meaning: 'Holds nothing any more, and may be stopped.' };
    case 'absent':
    default:
      return { text: 'not in the map', tone: 'plain', meaning: 'Up, and not given any data yet.' };
  }
}

/** What a command is called on its button. */
export const COMMAND_TEXT: Readonly<Record<NodeCommand, string>> = {
  kill: 'Kill',
  restart: 'Restart',
  pause: 'Pause',
  resume: 'Resume',
  'cut-off': 'Cut off',
  rejoin: 'Rejoin',
};

/** What a command does, for whoever hesitates over its button. */
export const COMMAND_MEANING: Readonly<Record<NodeCommand, string>> = {
  kill: 'Ends the process at once, as kill -9 does',
  restart: 'Starts the process again on the same data',
  pause: 'Stops the process in mid-breath; its connections stay open',
  resume: 'Lets the process go on where it stopped',
  'cut-off': 'Parts the node from everybody; it runs on alone',
  rejoin: 'Connects the node with the others again',
};

const COMMANDS: Readonly<Record<ProcessState, readonly NodeCommand[]>> = {
  running: ['kill', 'pause', 'cut-off'],
  paused: ['resume', 'kill'],
  'cut-off': ['rejoin', 'kill'],
  stopped: ['restart'],
  starting: [],
};

/** What can be done to a node now; a launcher that tells nothing of processes kills and restarts only. */
export function commandsFor({ up, process }: ClusterNode): readonly NodeCommand[] {
  return process === undefined ? [up ? 'kill' : 'restart'] : COMMANDS[process];
}
