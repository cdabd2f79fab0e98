/*
 * `trolley weight NODE WEIGHT` and `trolley forget NODE`: change the cluster map, and say what follows.
 */
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { printable } from '../printable.ts';

/** What the node should weigh. */
export interface WeightWish {
  /** Left out with `reset`. */
  readonly weight: number | undefined;
  /** Leave the weight to the node again. */
  readonly reset: boolean;
}

/** Gives a node a weight, or leaves it to the node again. @throws CommandFailure */
export async function weighNode(
  { terminal }: CommandContext,
  gateway: GatewayClient,
  id: string,
  { weight, reset, json }: WeightWish & { readonly json: boolean },
): Promise<void> {
  if ((weight === undefined) !== reset) {
    const hint = 'Write `trolley weight node-2 1.5`, or `trolley weight node-2 --reset`.';
    throw new CommandFailure('It takes either a weight or --reset.', hint, EXIT_USAGE);
  }
  const { epoch, changed } = await gateway.weigh(id, weight);
  const shownId = printable(id);
  if (json) terminal.line(JSON.stringify({ node: id, weight: weight ?? null, epoch, changed }));
  else if (!changed) terminal.line(`It was so already: ${weightText(shownId, weight)}.`);
  else terminal.line(`${weightText(shownId, weight)}. Data moves now; \`trolley status --watch\` shows how far it is.`);
}

function weightText(shownId: string, weight: number | undefined): string {
  return weight === undefined
    ? `${shownId} has the weight that it was started with`
    : `${shownId} has weight ${weight}`;
}

/** Takes a node off the map that is gone for good. @throws CommandFailure */
export async function forgetNode(
  { terminal }: CommandContext,
  gateway: GatewayClient,
  id: string,
  json: boolean,
): Promise<void> {
  const { epoch } = await gateway.changeMap(id, 'forget');
  if (json) terminal.line(JSON.stringify({ node: id, forgotten: true, epoch }));
  else terminal.line(`${printable(id)} is no longer in the map. Started again, it joins as a new node.`);
}
