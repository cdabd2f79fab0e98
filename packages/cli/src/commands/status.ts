/*
 * `trolley status`: the map, the nodes and the gateways, as one gateway sees them.
 */
import type { CommandContext } from '../command-context.ts';
import type { ClusterAnswer, ClusterNode } from '../gateway-answers.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { cell, printTable, type Cell, type TableContents } from '../table.ts';

/** Prints the state of the cluster. @throws CommandFailure */
export async function showStatus(context: CommandContext, gateway: GatewayClient, json: boolean): Promise<void> {
  const cluster = await gateway.cluster();
  const { terminal } = context;
  if (json) {
    terminal.line(JSON.stringify(cluster, undefined, 2));
    return;
  }
  if (terminal.interactive) terminal.line(`${terminal.colours.bold('Trolley')} at ${gateway.url}`);
  printSummary(context, cluster);
  printTable(terminal, nodesTable(cluster.nodes));
  if (cluster.gateways !== undefined && cluster.gateways.length > 0) printTable(terminal, gatewaysTable(cluster));
}

function printSummary({ terminal }: CommandContext, cluster: ClusterAnswer): void {
  const facts: [name: string, value: string][] = [
    ['map epoch', String(cluster.epoch ?? 'none yet')],
    ['placement groups', String(cluster.pgCount ?? '-')],
    ['replicas of a key', String(cluster.replicas ?? '-')],
    ['data', cluster.moving === true ? 'moving to nodes that joined' : 'in place'],
    ['registry', cluster.registry?.connected === false ? 'away (serving on the last map)' : 'connected'],
  ];
  if (terminal.interactive) terminal.line(facts.map(([name, value]) => `${name} ${value}`).join('  \u00B7  '));
  else for (const [name, value] of facts) terminal.line(`cluster\t${name}\t${value}`);
}

/** One row for each node: id, up or down, in or out of the map, zone, weight, URL. */
function nodesTable(nodes: readonly ClusterNode[]): TableContents {
  return {
    kind: 'node',
    headings: ['Node', 'State', 'Data', 'Zone', 'Weight', 'URL'],
    rows: nodes.map((node) => [
      cell(node.id, 'strong'),
      node.up ? cell('up', 'good') : cell('down', 'bad'),
      dataCell(node.state),
      cell(node.zone ?? '-'),
      cell(node.weight ?? '-'),
      cell(urlOf(node), 'faint'),
    ]),
  };
}

function dataCell(state: string): Cell {
  return cell(state, state === 'in' ? 'good' : 'caution');
}

function gatewaysTable(cluster: ClusterAnswer): TableContents {
  return {
    kind: 'gateway',
    headings: ['Gateway', 'URL'],
    rows: (cluster.gateways ?? []).map((gateway) => [cell(gateway.id, 'strong'), cell(urlOf(gateway), 'faint')]),
  };
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
