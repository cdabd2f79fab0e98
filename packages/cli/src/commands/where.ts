/*
 * `trolley where KEY`: the replicas of a key, what each of them holds, and which lag behind.
 */
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import type { WhereAnswer, WhereReplica } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { cell, printTable, type Cell, type TableContents } from '../table.ts';

const KEY_FORM = /^(?:product|user):\S/u;
const LISTED_LINES_MAX = 6;

/** Prints where a key is. @throws CommandFailure */
export async function showWhere(
  context: CommandContext,
  gateway: GatewayClient,
  key: string,
  json: boolean,
): Promise<void> {
  if (!KEY_FORM.test(key)) {
    throw new CommandFailure(
      `"${key}" is not a key.`,
      'A key is written product:orange or user:ann@example.com.',
      EXIT_USAGE,
    );
  }
  const location = await gateway.where(key);
  const { terminal } = context;
  if (json) {
    terminal.line(JSON.stringify(location, undefined, 2));
    return;
  }
  printSummary(context, location);
  printTable(terminal, replicasTable(location.replicas));
}

function printSummary({ terminal }: CommandContext, location: WhereAnswer): void {
  const merged = mergedText(location);
  if (!terminal.interactive) {
    terminal.line(['key', location.key, location.placementGroup, location.epoch, merged].join('\t'));
    return;
  }
  const place = `placement group ${location.placementGroup}, map epoch ${location.epoch}`;
  terminal.line(`${terminal.colours.bold(location.key)}  ${place}`);
  terminal.line(`merged: ${merged}`);
}

function mergedText({ merged }: WhereAnswer): string {
  if (merged.deleted === true) return `deleted (version ${merged.version ?? '-'})`;
  if (merged.value === undefined || merged.value === null) return 'no such record';
  return `${valueText(merged.value)} (version ${merged.version ?? '-'})`;
}

/** One row for each replica in the order of the placement group's list. */
function replicasTable(replicas: readonly WhereReplica[]): TableContents {
  return {
    kind: 'replica',
    headings: ['Node', 'Zone', 'State', 'Version', 'Value', 'Notes'],
    rows: replicas.map((replica) => [
      cell(replica.node, 'strong'),
      cell(replica.zone ?? '-'),
      replica.up ? cell('up', 'good') : cell('down', 'bad'),
      cell(replica.version ?? '-'),
      cell(valueText(replica.value)),
      notesCell(replica),
    ]),
  };
}

function notesCell(replica: WhereReplica): Cell {
  const notes: string[] = [];
  if (replica.coordinator === true) notes.push('coordinator');
  if (replica.stale === true) notes.push('stale');
  if (typeof replica.error === 'string') notes.push(replica.error);
  const troubled = replica.stale === true || typeof replica.error === 'string';
  return cell(notes.join(', '), troubled ? 'caution' : 'faint');
}

/** A stored value in few words: the quantity of a product, the first lines of a cart. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (typeof value !== 'object') return JSON.stringify(value) ?? '-';
  if ('quantity' in value && typeof value.quantity === 'number') return String(value.quantity);
  if ('cart' in value && typeof value.cart === 'object' && value.cart !== null) return cartText(value.cart);
  return JSON.stringify(value);
}

function cartText(cart: object): string {
  const lines = Object.entries(cart).map(([name, quantity]) => `${name} ${String(quantity)}`);
  if (lines.length === 0) return 'empty cart';
  const listed = lines.slice(0, LISTED_LINES_MAX).join(', ');
  const rest = lines.length - LISTED_LINES_MAX;
  return rest > 0 ? `${listed} and ${rest} more` : listed;
}
