/*
 * What the launcher's terminal says of a command on a node that neither ends nor starts its process: these two speak for
 * themselves.
 */
import type { NodeCommand } from '@trolley/cluster';

/** One line for whoever watches the terminal; undefined where there is nothing to add. */
export function commandText(node: string, command: NodeCommand): string | undefined {
  switch (command) {
    case 'pause':
      return `${node} was paused, as asked. \`trolley resume ${node}\` lets it go on.`;
    case 'resume':
      return `${node} goes on.`;
    case 'cut-off':
      return `${node} was cut off from the others, as asked. \`trolley rejoin ${node}\` ends that.`;
    case 'rejoin':
      return `${node} is with the others again.`;
    case 'kill':
    case 'restart':
      return undefined;
    default:
      return command satisfies never;
  }
}
