/*
 * `trolley where KEY`: the replicas of a key, what each of them holds, and which lag behind; once
 * or live.
 */
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import type { WhereAnswer, WhereReplica } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { cell, tableText, type Cell, type TableContents, type Tone } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { watch, type Sight } from '../watch.ts';

const KEY_FORM = /^(?:product|user|person|open|item|stock|order|bundle|turn):\S/u;
const LISTED_LINES_MAX = 6;

/** How the key is to be shown. */
export interface WhereOptions {
  readonly json: boolean;
  readonly watch: boolean;
}

/** Shows where a key is, once or until it is told to stop. @throws CommandFailure */
export async function showWhere(
  context: CommandContext,
  gateway: GatewayClient,
  key: string,
  options: WhereOptions,
): Promise<void> {
  if (!KEY_FORM.test(key)) {
    throw new CommandFailure(
      `"${key}" is not a key.`,
      'A key is written product:orange or user:ann@example.com.',
      EXIT_USAGE,
    );
  }
  const { terminal } = context;
  const look = async (): Promise<Sight> => {
    const location = await gateway.where(key);
    const lines = [...summaryLines(terminal, location), ...tableText(terminal, replicasTable(location.replicas))];
    return { lines, document: location };
  };
  if (options.watch) {
    await watch(context, look, options.json);
    return;
  }
  const { lines, document } = await look();
  if (options.json) terminal.line(JSON.stringify(document, undefined, 2));
  else for (const line of lines) terminal.line(line);
}

function summaryLines({ interactive, colours }: Terminal, location: WhereAnswer): readonly string[] {
  const merged = mergedText(location);
  const { key, placementGroup, epoch } = location;
  if (!interactive) return [['key', key, placementGroup, epoch, merged].join('\t')];
  const place = `placement group ${placementGroup}, map epoch ${epoch}`;
  return [`${colours.bold(key)}  ${place}`, `merged: ${merged}`];
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
      cell(replica.version ?? '-', freshness(replica)),
      cell(valueText(replica.value)),
      notesCell(replica),
    ]),
  };
}

/** Red while it lacks something, green as soon as it has it all. */
function freshness({ stale }: WhereReplica): Tone {
  if (stale === true) return 'bad';
  return stale === false ? 'good' : 'plain';
}

function notesCell(replica: WhereReplica): Cell {
  const notes: string[] = [];
  if (replica.coordinator === true) notes.push('coordinator');
  if (replica.stale === true) notes.push('stale');
  if (typeof replica.error === 'string') notes.push(replica.error);
  const text = notes.join(', ');
  if (replica.stale === true) return cell(text, 'bad');
  return cell(text, typeof replica.error === 'string' ? 'caution' : 'faint');
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
