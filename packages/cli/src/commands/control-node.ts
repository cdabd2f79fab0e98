/*
 * `trolley kill NODE`, `restart`, `pause`, `resume`, `cut-off`, `rejoin`: has the launcher act, then waits until the
 * cluster has noticed, so that whoever reads the last line can rely on it.
 */
import type { NodeCommand } from '@trolley/cluster';
import type { CommandContext } from '../command-context.ts';
import { CommandFailure } from '../failure.ts';
import type { ClusterNode } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { waitFor } from '../pause.ts';
import { printable } from '../printable.ts';
import { urlOf } from './status.ts';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 200 };
/** Longer than a registration outlives its node: after that, a node that is up is the new process. */
const REGISTRATION_OUTLIVES_NODE_MS = 10_000;

/** Whether the cluster is to see the node up afterwards. */
const ENDS_UP: Readonly<Record<NodeCommand, boolean>> = {
  kill: false,
  restart: true,
  pause: false,
  resume: true,
  'cut-off': false,
  rejoin: true,
};

const DOING: Readonly<Record<NodeCommand, string>> = {
  kill: 'Killing',
  restart: 'Restarting',
  pause: 'Pausing',
  resume: 'Resuming',
  'cut-off': 'Cutting off',
  rejoin: 'Letting back',
};

/** Commands a node and waits until the gateway sees it. @throws CommandFailure */
export async function controlNode(
  context: CommandContext,
  gateway: GatewayClient,
  id: string,
  action: NodeCommand,
  json: boolean,
): Promise<void> {
  const { terminal, clock } = context;
  const shownId = printable(id);
  const before = nodeOf(await gateway.cluster(), id);
  const state = ENDS_UP[action] ? 'up' : 'down';
  terminal.progress(`${DOING[action]} ${shownId} ...`);
  await gateway.controlNode(id, action);
  terminal.progress(`Waiting until the cluster sees ${shownId} ${state} ...`);
  const doneMs = clock.monotonicMs();
  const watch = watchNode(action, before);
  const seen = await waitFor(clock, PATIENCE, async () => {
    const node = nodeOf(await gateway.cluster(), id);
    return watch(node, clock.monotonicMs() - doneMs) ? { node } : undefined;
  });
  terminal.progressDone();
  if (seen === undefined) throw notSeen(shownId, action);
  if (json) terminal.line(JSON.stringify({ node: id, action, up: ENDS_UP[action], url: urlOf(seen.node ?? {}) }));
  else terminal.line(doneText(shownId, action, seen.node));
}

function nodeOf(cluster: { readonly nodes: readonly ClusterNode[] }, id: string): ClusterNode | undefined {
  return cluster.nodes.find((node) => node.id === id);
}

/**
 * Decides from one look after another whether the cluster has noticed. After a restart the registration of
 * the old process may still be there for a while: the new one is recognised by another address, by a look
 * in between that found the node down, or by the time that has passed. A process that goes on may never have been
 * missed.
 */
export function watchNode(
  action: NodeCommand,
  before: ClusterNode | undefined,
): (node: ClusterNode | undefined, sinceActionMs: number) => boolean {
  let seenDown = before?.up !== true;
  return (node, sinceActionMs) => {
    const up = node?.up === true;
    if (!up) seenDown = true;
    if (!ENDS_UP[action]) return !up;
    if (node === undefined || !up) return false;
    if (action !== 'restart') return true;
    const moved = before !== undefined && urlOf(node) !== urlOf(before);
    return seenDown || moved || sinceActionMs > REGISTRATION_OUTLIVES_NODE_MS;
  };
}

function notSeen(id: string, action: NodeCommand): CommandFailure {
  const state = ENDS_UP[action] ? 'up' : 'down';
  return new CommandFailure(
    `The order to ${action} ${id} was carried out, but after ${PATIENCE.timeoutMs / 1000} s the cluster does not see it ${state}.`,
    'Look at `trolley status`, and at the log under the data directory of `trolley up`.',
  );
}

function doneText(id: string, action: NodeCommand, node: ClusterNode | undefined): string {
  const url = urlOf(node ?? {});
  switch (action) {
    case 'kill':
      return `${id} is down. The data that it holds stays where it is; \`trolley restart ${id}\` brings it back.`;
    case 'restart':
      return `${id} is up again at ${url}, with the data it had.`;
    case 'pause':
      return `${id} is down: its process is there, and does nothing. \`trolley resume ${id}\` lets it go on.`;
    case 'cut-off':
      return `${id} is down: it runs, and nobody reaches it, nor it anybody. \`trolley rejoin ${id}\` lets it back.`;
    case 'resume':
      return `${id} is up at ${url}, and goes on where it was.`;
    case 'rejoin':
      return `${id} is up at ${url}, and learns what it missed.`;
    default:
      return action satisfies never;
  }
}
