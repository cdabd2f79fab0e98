/*
 * The launcher that started this cluster, if `trolley up` did: it commands the nodes' processes.
 * The port, and the adapter that speaks HTTP to the launcher's control address.
 */
import { controlledNodesSchema, problemSchema, type NodeCommand, type ProcessState } from '@trolley/cluster';

/** What became of a command. */
export type CommandOutcome =
  | { readonly type: 'done' }
  | { readonly type: 'unknown-node' }
  /** The node is in no state for it, or another command to it is being carried out. */
  | { readonly type: 'refused'; readonly reason: string }
  /** The launcher did not answer, or could not do it. */
  | { readonly type: 'failed'; readonly reason: string };

/** Commands the processes of the nodes. */
export interface Launcher {
  /** Never throws. */
  command(nodeId: string, command: NodeCommand): Promise<CommandOutcome>;
  /** The state of each node's process; undefined when the launcher does not answer. Never throws. */
  processes(): Promise<ReadonlyMap<string, ProcessState> | undefined>;
}

/** A restart waits until the process has ended and started; this bounds it. */
const COMMAND_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 2_000;

/** Speaks to the launcher at a URL, with the secret that it wants. */
export function createLauncherClient(url: string, token: string | undefined): Launcher {
  const ask = async (method: 'GET' | 'POST', path: string, timeoutMs: number) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(new URL(path, url), { method, headers, signal: AbortSignal.timeout(timeoutMs) });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  return {
    async command(nodeId, command) {
      try {
        const path = `/control/nodes/${encodeURIComponent(nodeId)}/${command}`;
        const { status, body } = await ask('POST', path, COMMAND_TIMEOUT_MS);
        return outcomeOf(status, body);
      } catch {
        return { type: 'failed', reason: 'it does not answer' };
      }
    },
    async processes() {
      try {
        const { body } = await ask('GET', '/control/nodes', ANSWER_TIMEOUT_MS);
        return new Map(controlledNodesSchema.parse(body).nodes.map((node) => [node.id, node.process]));
      } catch {
        return undefined;
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
