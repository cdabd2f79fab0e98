/*
 * `trolley status`: the map, the nodes and the gateways, as one gateway sees them, once or live.
 */
import type { CommandContext } from '../command-context.ts';
import type { ClusterAnswer, ClusterNode, MoveAnswer } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { counted, printable, sizeText } from '../printable.ts';
import { cell, tableText, type Cell, type TableContents } from '../table.ts';
import { watch, type Sight } from '../watch.ts';

/** The last moment that a Date can hold. */
const DATE_MS_MAX = 8.64e15;

/** How the state is to be shown. */
export interface StatusOptions {
  readonly json: boolean;
  readonly watch: boolean;
}

/** Shows the state of the cluster, once or until it is told to stop. @throws CommandFailure */
export async function showStatus(
  context: CommandContext,
  gateway: GatewayClient,
  options: StatusOptions,
): Promise<void> {
  const look = async (): Promise<Sight> => {
    const cluster = await gateway.cluster();
    return { lines: statusLines(context, gateway.url, cluster), document: cluster };
  };
  if (options.watch) {
    await watch(context, look, options.json);
    return;
  }
  const { lines, document } = await look();
  if (options.json) context.terminal.line(JSON.stringify(document, undefined, 2));
  else for (const line of lines) context.terminal.line(line);
}

function statusLines({ terminal, clock }: CommandContext, url: string, cluster: ClusterAnswer): readonly string[] {
  const facts = factsOf(cluster);
  const gateways = cluster.gateways ?? [];
  return [
    ...(terminal.interactive
      ? [
          `${terminal.colours.bold('Trolley')} at ${url}`,
          facts.map(([name, value]) => `${name} ${value}`).join('  \u00B7  '),
        ]
      : facts.map(([name, value]) => `cluster\t${name}\t${value}`)),
    ...tableText(terminal, nodesTable(cluster.nodes)),
    ...(gateways.length > 0 ? tableText(terminal, gatewaysTable(cluster)) : []),
    ...cluster.nodes.flatMap((node) => lastSeenLines(terminal.interactive, node, clock.nowMs())),
    ...cluster.nodes.flatMap((node) => keptInLines(terminal.interactive, node)),
  ];
}

function factsOf(cluster: ClusterAnswer): readonly (readonly [name: string, value: string])[] {
  return [
    ['map epoch', String(cluster.epoch ?? 'none yet')],
    ['placement groups', groupsText(cluster)],
    ['replicas of a key', String(cluster.replicas ?? '-')],
    ['data', dataText(cluster)],
    ['registry', cluster.registry?.connected === false ? 'away (serving on the last map)' : 'connected'],
  ];
}

/** How many there are, and how many are not in order. */
function groupsText({ pgCount, groupCounts }: ClusterAnswer): string {
  const troubled = Object.entries(groupCounts ?? {}).filter(([state, count]) => state !== 'active' && count > 0);
  const states = troubled.map(([state, count]) => `${count} ${state}`).join(', ');
  return states === '' ? String(pgCount ?? '-') : `${pgCount ?? '-'} (${states})`;
}

function dataText({ moving, move }: ClusterAnswer): string {
  if (move !== undefined && move !== null) return `moving: ${moveText(move)}`;
  return moving === true ? 'moving' : 'in place';
}

/** How far a move is, in few words. */
export function moveText({ groups, groupsDone, percent, remainingSeconds }: MoveAnswer): string {
  const left = remainingSeconds === undefined || remainingSeconds === null ? '' : `, about ${remainingSeconds} s left`;
  return `${percent} %, ${groupsDone} of ${counted(groups, 'placement group')}${left}`;
}

/** One row for each node; further columns come after those that scripts cut by number. */
function nodesTable(nodes: readonly ClusterNode[]): TableContents {
  return {
    kind: 'node',
    headings: ['Node', 'State', 'Data', 'Zone', 'Weight', 'URL', 'Records', 'Size', 'Hints for it', 'Fetching'],
    rows: nodes.map((node) => [
      cell(node.id, 'strong'),
      node.up ? cell('up', 'good') : cell('down', 'bad'),
      dataCell(node.state),
      cell(node.zone ?? '-'),
      cell(node.weight ?? '-'),
      cell(urlOf(node), 'faint'),
      cell(node.records ?? '-'),
      cell(node.bytes === undefined ? '-' : sizeText(node.bytes)),
      hintsCell(node.hintsWaiting),
      fetchingCell(node),
    ]),
  };
}

function dataCell(state: string): Cell {
  return cell(state, state === 'in' ? 'good' : 'caution');
}

function hintsCell(count: number | undefined): Cell {
  return cell(count ?? '-', count === undefined || count === 0 ? 'plain' : 'caution');
}

function fetchingCell({ fetching, incompleteGroups }: ClusterNode): Cell {
  if (fetching !== undefined && fetching !== null) {
    const { groups, groupsDone, recordsLearned } = fetching;
    const records = recordsLearned === undefined ? '' : `, ${counted(recordsLearned, 'record')}`;
    return cell(`${groupsDone} of ${counted(groups, 'group')}${records}`, 'caution');
  }
  if (incompleteGroups === undefined || incompleteGroups === 0) return cell('-');
  return cell(`lacks part of ${counted(incompleteGroups, 'group')}`, 'bad');
}

function gatewaysTable(cluster: ClusterAnswer): TableContents {
  return {
    kind: 'gateway',
    headings: ['Gateway', 'URL'],
    rows: (cluster.gateways ?? []).map((gateway) => [cell(gateway.id, 'strong'), cell(urlOf(gateway), 'faint')]),
  };
}

/** When a node that is down was last heard of. In a pipe without its age, which would make every look another. */
function lastSeenLines(interactive: boolean, { id, up, lastSeenMs }: ClusterNode, nowMs: number): readonly string[] {
  if (up || lastSeenMs === undefined || Math.abs(lastSeenMs) > DATE_MS_MAX) return [];
  const time = new Date(lastSeenMs).toISOString();
  if (!interactive) return [`last-seen\t${printable(id)}\t${time}`];
  return [`${printable(id)} was last heard of ${ageText(nowMs - lastSeenMs)} ago.`];
}

/** A time span in its largest unit. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

function keptInLines(interactive: boolean, { id, keptIn }: ClusterNode): readonly string[] {
  if (keptIn === undefined || keptIn === null) return [];
  const reason = printable(keptIn);
  return [
    interactive
      ? `${printable(id)} is down for long, and stays in: ${reason}.`
      : `kept-in\t${printable(id)}\t${reason}`,
  ];
}

/** Where a node or gateway listens, as far as the gateway said. */
export function urlOf(server: {
  readonly url?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}): string {
  if (server.url !== undefined) return server.url;
  if (server.host === undefined || server.port === undefined) return '-';
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `http://${host}:${server.port}`;
}
