/*
 * `trolley drain NODE`: takes a node out and waits, with progress, until it may be stopped; `--cancel` lets it
 * in again.
 */
import type { CommandContext } from '../command-context.ts';
import { CommandFailure } from '../failure.ts';
import type { ClusterAnswer } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { pause } from '../pause.ts';
import { counted, printable } from '../printable.ts';
import { moveText } from './status.ts';

const INTERVAL_MS = 500;
/** A drain in which nothing has happened for so long is not waited for. */
const STALLED_MS = 300_000;

/** How far a drain is. */
export type DrainProgress =
  | { readonly kind: 'done' }
  | { readonly kind: 'under-way'; readonly text: string }
  /** Somebody let the node in again, or it is gone from the map. */
  | { readonly kind: 'called-off' };

/** Drains a node and waits until it may be stopped. @throws CommandFailure */
export async function drainNode(
  context: CommandContext,
  gateway: GatewayClient,
  id: string,
  json: boolean,
): Promise<void> {
  const { terminal } = context;
  const shownId = printable(id);
  terminal.progress(`Draining ${shownId} ...`);
  const { epoch } = await gateway.changeMap(id, 'drain');
  await waitUntilDrained(context, gateway, id);
  terminal.progressDone();
  if (json) terminal.line(JSON.stringify({ node: id, drained: true, epoch }));
  else terminal.line(`${shownId} is drained: it holds nothing that is not on the others, and may be stopped.`);
}

/** Lets a node in again. @throws CommandFailure */
export async function cancelDrain(
  { terminal }: CommandContext,
  gateway: GatewayClient,
  id: string,
  json: boolean,
): Promise<void> {
  const { changed, epoch } = await gateway.changeMap(id, 'undrain');
  if (json) terminal.line(JSON.stringify({ node: id, drained: false, epoch, changed }));
  else if (changed) terminal.line(`${printable(id)} is in again; data moves back to it once it is up.`);
  else terminal.line(`${printable(id)} was not drained.`);
}

async function waitUntilDrained(context: CommandContext, gateway: GatewayClient, id: string): Promise<void> {
  const { terminal, clock } = context;
  const stopping = new AbortController();
  const unsubscribe = context.onStopSignal(() => stopping.abort());
  let last = '';
  let advancedMs = clock.monotonicMs();
  try {
    for (;;) {
      const progress = drainProgress(await gateway.cluster(), id);
      if (progress.kind === 'done') return;
      if (progress.kind === 'called-off') throw calledOff(id);
      if (progress.text !== last) advancedMs = clock.monotonicMs();
      last = progress.text;
      terminal.progress(`Draining ${printable(id)}: ${last}`);
      if (stopping.signal.aborted || clock.monotonicMs() - advancedMs > STALLED_MS) throw notYet(id, last);
      await pause(clock, INTERVAL_MS, stopping.signal);
    }
  } finally {
    unsubscribe();
  }
}

/** How far the drain of a node is, by what a gateway says. */
export function drainProgress(cluster: ClusterAnswer, id: string): DrainProgress {
  const node = cluster.nodes.find((each) => each.id === id);
  if (node === undefined || (node.state !== 'draining' && node.state !== 'drained')) return { kind: 'called-off' };
  const { move } = cluster;
  if (node.state === 'draining' && move !== undefined && move !== null) {
    return { kind: 'under-way', text: moveText(move) };
  }
  if (node.state === 'draining' && !node.up) return { kind: 'under-way', text: 'data moves' };
  // A node that is down is asked nothing any more: by the map it holds nothing that the others lack.
  if (!node.up || node.records === 0) return { kind: 'done' };
  const left = node.records === undefined ? 'what it holds' : counted(node.records, 'record');
  return { kind: 'under-way', text: `the data has moved; it makes sure of ${left} before it lets go` };
}

function calledOff(id: string): CommandFailure {
  return new CommandFailure(`${printable(id)} is not being drained any more.`, 'Somebody has let it in again.');
}

function notYet(id: string, progress: string): CommandFailure {
  return new CommandFailure(
    `${printable(id)} is not drained yet (${progress}).`,
    'It goes on by itself: `trolley status --watch` shows how far it is, `trolley drain NODE --cancel` ends it.',
  );
}
