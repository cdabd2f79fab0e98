/*
 * `trolley kill NODE` and `trolley restart NODE`: has the launcher act, then waits until the cluster has
 * noticed, so that whoever reads the last line can rely on it.
 */
import type { CommandContext } from '../command-context.ts';
import { CommandFailure } from '../failure.ts';
import type { ClusterNode } from '../gateway-answers.ts';
import type { GatewayClient, NodeAction } from '../gateway-client.ts';
import { waitFor } from '../pause.ts';
import { printable } from '../printable.ts';
import { urlOf } from './status.ts';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 200 };
/** Longer than a registration outlives its node: after that, a node that is up is the new process. */
const REGISTRATION_OUTLIVES_NODE_MS = 10_000;

/** Kills or restarts a node and waits until the gateway sees it. @throws CommandFailure */
export async function controlNode(
  context: CommandContext,
  gateway: GatewayClient,
  id: string,
  action: NodeAction,
  json: boolean,
): Promise<void> {
  const { terminal, clock } = context;
  const shownId = printable(id);
  const before = nodeOf(await gateway.cluster(), id);
  terminal.progress(action === 'kill' ? `Killing ${shownId} ...` : `Restarting ${shownId} ...`);
  await gateway.controlNode(id, action);
  terminal.progress(`Waiting until the cluster sees ${shownId} ${action === 'kill' ? 'down' : 'up'} ...`);
  const doneMs = clock.monotonicMs();
  const watch = watchNode(action, before);
  const seen = await waitFor(clock, PATIENCE, async () => {
    const node = nodeOf(await gateway.cluster(), id);
    return watch(node, clock.monotonicMs() - doneMs) ? { node } : undefined;
  });
  terminal.progressDone();
  if (seen === undefined) throw notSeen(shownId, action);
  if (json) terminal.line(JSON.stringify({ node: id, action, up: action === 'restart', url: urlOf(seen.node ?? {}) }));
  else terminal.line(doneText(shownId, action, seen.node));
}

function nodeOf(cluster: { readonly nodes: readonly ClusterNode[] }, id: string): ClusterNode | undefined {
  return cluster.nodes.find((node) => node.id === id);
}

/**
 * Decides from one look after another whether the cluster has noticed. After a restart the registration of
 * the old process may still be there for a while: the new one is recognised by another address, by a look
 * in between that found the node down, or by the time that has passed.
 */
export function watchNode(
  action: NodeAction,
  before: ClusterNode | undefined,
): (node: ClusterNode | undefined, sinceActionMs: number) => boolean {
  let seenDown = before?.up !== true;
  return (node, sinceActionMs) => {
    const up = node?.up === true;
    if (!up) seenDown = true;
    if (action === 'kill') return !up;
    if (node === undefined || !up) return false;
    const moved = before !== undefined && urlOf(node) !== urlOf(before);
    return seenDown || moved || sinceActionMs > REGISTRATION_OUTLIVES_NODE_MS;
  };
}

function notSeen(id: string, action: NodeAction): CommandFailure {
  const state = action === 'kill' ? 'down' : 'up';
  return new CommandFailure(
    `${id} was told to ${action}, but after ${PATIENCE.timeoutMs / 1000} s the cluster does not see it ${state}.`,
    'Look at `trolley status`, and at the log under the data directory of `trolley up`.',
  );
}

function doneText(id: string, action: NodeAction, node: ClusterNode | undefined): string {
  if (action === 'kill') {
    return `${id} is down. The data that it holds stays where it is; \`trolley restart ${id}\` brings it back.`;
  }
  return `${id} is up again at ${urlOf(node ?? {})}, with the data it had.`;
}
