/*
 * The launcher that started this cluster, if `trolley up` did: it commands the nodes' processes and runs stress tests.
 * The port, and the adapter that speaks HTTP to the launcher's control address.
 */
import {
  controlledNodesSchema,
  latestStressRunSchema,
  problemSchema,
  stressRunSchema,
  type NodeCommand,
  type Problem,
  type ProcessState,
  type StressRun,
  type StressWish,
} from '@trolley/cluster';

/** What became of a command. */
export type CommandOutcome =
  | { readonly type: 'done' }
  | { readonly type: 'unknown-node' }
  /** The node is in no state for it, or another command to it is being carried out. */
  | { readonly type: 'refused'; readonly reason: string }
  /** The launcher did not answer, or could not do it. */
  | { readonly type: 'failed'; readonly reason: string };

/** What is asked about stress tests. */
export type StressRequest =
  | { readonly type: 'begin'; readonly wish: StressWish }
  | { readonly type: 'latest' }
  | { readonly type: 'look' | 'stop'; readonly id: string };

/** What came of it. */
export type StressAnswer =
  /** Null when there was no run yet. */
  | { readonly type: 'run'; readonly run: StressRun | null }
  | { readonly type: 'refused'; readonly problem: Problem }
  | { readonly type: 'failed'; readonly reason: string };

/** Commands the processes of the nodes, and runs stress tests. */
export interface Launcher {
  /** Never throws. */
  command(nodeId: string, command: NodeCommand): Promise<CommandOutcome>;
  /** The state of each node's process; undefined when the launcher does not answer. Never throws. */
  processes(): Promise<ReadonlyMap<string, ProcessState> | undefined>;
  /** Never throws. */
  stress(request: StressRequest): Promise<StressAnswer>;
}

/** A restart waits until the process has ended and started; this bounds it. */
const COMMAND_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 2_000;

/** Speaks to the launcher at a URL, with the secret that it wants. */
export function createLauncherClient(url: string, token: string | undefined): Launcher {
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, timeoutMs: number, sent?: unknown) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const response = await fetch(new URL(path, url), {
      method,
      headers,
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
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
    async stress(request) {
      try {
        const { method, path, sent } = stressCall(request);
        const { status, body } = await ask(method, path, ANSWER_TIMEOUT_MS, sent);
        return stressAnswerOf(status, body);
      } catch {
        return { type: 'failed', reason: 'it does not answer' };
      }
    },
  };
}

function stressCall(request: StressRequest) {
  switch (request.type) {
    case 'begin':
      return { method: 'POST', path: '/control/stress', sent: request.wish } as const;
    case 'latest':
      return { method: 'GET', path: '/control/stress', sent: undefined } as const;
    case 'look':
    case 'stop': {
      const method = request.type === 'look' ? 'GET' : 'DELETE';
      return { method, path: `/control/stress/${encodeURIComponent(request.id)}`, sent: undefined } as const;
    }
    default:
      return request satisfies never;
  }
}

function stressAnswerOf(status: number, body: unknown): StressAnswer {
  if (status < 300) {
    const latest = latestStressRunSchema.safeParse(body);
    const run = latest.success ? latest.data.run : stressRunSchema.safeParse(body).data;
    return run === undefined ? { type: 'failed', reason: 'it answered what is no run' } : { type: 'run', run };
  }
  const problem = problemSchema.safeParse(body);
  const isRefusal = problem.success && [400, 404, 409].includes(status);
  return isRefusal ? { type: 'refused', problem: problem.data } : { type: 'failed', reason: `it answered ${status}` };
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
