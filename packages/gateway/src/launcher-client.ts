/*
 * The launcher that started this cluster, if `trolley up` did: it can kill and restart the nodes' processes.
 * The port, and the adapter that speaks HTTP to the launcher's control address.
 */
import { problemSchema } from '@trolley/cluster';

/** What can be done to a node's process. */
export type NodeCommand = 'kill' | 'restart';

/** What became of a command. */
export type CommandOutcome =
  | { readonly type: 'done' }
  | { readonly type: 'unknown-node' }
  /** The node is in no state for it: not running, or being stopped or started already. */
  | { readonly type: 'refused'; readonly reason: string }
  /** The launcher did not answer, or could not do it. */
  | { readonly type: 'failed'; readonly reason: string };

/** Commands the processes of the nodes. */
export interface Launcher {
  /** Never throws. */
  command(nodeId: string, command: NodeCommand): Promise<CommandOutcome>;
}

/** A restart waits until the process has ended and started; this bounds it. */
const COMMAND_TIMEOUT_MS = 30_000;

/** Speaks to the launcher at a URL, with the secret that it wants. */
export function createLauncherClient(url: string, token: string | undefined): Launcher {
  return {
    async command(nodeId, command) {
      const address = new URL(`/control/nodes/${encodeURIComponent(nodeId)}/${command}`, url);
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS),
        });
        return outcomeOf(response.status, await response.json());
      } catch {
        return { type: 'failed', reason: 'it does not answer' };
      }
    },
  };
}

function outcomeOf(status: number, body: unknown): CommandOutcome {
  if (status === 200) return { type: 'done' };
  const problem = problemSchema.safeParse(body);
  if (!problem.success) return { type: 'failed', reason: `it answered ${status}` };
  switch (status) {
    case 404:
      return { type: 'unknown-node' };
    case 409:
      return { type: 'refused', reason: problem.data.detail };
    default:
      return { type: 'failed', reason: `it answered ${status}: ${problem.data.detail}` };
  }
}
