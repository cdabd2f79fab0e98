/*
 * Waits until a freshly started cluster serves: each gateway says that it is ready and sees all nodes up.
 */
import type { Clock } from '@trolley/cluster';
import { CommandFailure } from '../failure.ts';
import type { ClusterAnswer } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { waitFor } from '../pause.ts';

const INTERVAL_MS = 150;
/** A node with much data takes its time to read it. */
const TIMEOUT_MS = 180_000;

export interface AwaitReadyParts {
  readonly gateways: readonly GatewayClient[];
  readonly nodeIds: readonly string[];
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Called with what is still waited for. */
  readonly onWaiting: (what: string) => void;
}

/** The cluster as the first gateway sees it once all is ready. @throws CommandFailure when that takes too long. */
export async function awaitReady(parts: AwaitReadyParts): Promise<ClusterAnswer | undefined> {
  let waitingFor = '';
  const ready = await waitFor(
    parts.clock,
    { timeoutMs: TIMEOUT_MS, intervalMs: INTERVAL_MS },
    async () => {
      let first: ClusterAnswer | undefined;
      for (const gateway of parts.gateways) {
        const state = await look(gateway, parts.nodeIds);
        if (state.kind === 'waiting') {
          waitingFor = state.what;
          parts.onWaiting(waitingFor);
          return undefined;
        }
        first ??= state.cluster;
      }
      return first;
    },
    parts.signal,
  );
  if (ready === undefined && !parts.signal.aborted) {
    throw new CommandFailure(`Not ready after ${TIMEOUT_MS / 1000} s: still waiting for ${waitingFor}.`);
  }
  return ready;
}

type Look =
  | { readonly kind: 'ready'; readonly cluster: ClusterAnswer }
  | { readonly kind: 'waiting'; readonly what: string };

async function look(gateway: GatewayClient, nodeIds: readonly string[]): Promise<Look> {
  try {
    const cluster = await gateway.cluster();
    const missing = missingNodes(cluster, nodeIds);
    if (missing.length > 0) return { kind: 'waiting', what: missing.join(', ') };
    const { status } = await gateway.send({ method: 'GET', path: '/readyz' });
    return status === 200 ? { kind: 'ready', cluster } : { kind: 'waiting', what: `the gateway at ${gateway.url}` };
  } catch (error) {
    if (error instanceof CommandFailure) return { kind: 'waiting', what: `the gateway at ${gateway.url}` };
    throw error;
  }
}

/** The nodes that are not yet up with a place in the map. */
export function missingNodes(cluster: ClusterAnswer, nodeIds: readonly string[]): string[] {
  const serving = new Set(cluster.nodes.filter((node) => node.up && node.state === 'in').map((node) => node.id));
  return nodeIds.filter((id) => !serving.has(id));
}
