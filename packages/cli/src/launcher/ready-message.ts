/*
 * What `trolley up` says once everything serves: where the shop is, what runs, what to try, how to stop.
 */
import type { ClusterAnswer } from '../gateway-answers.ts';
import { cell, drawTable, tableLines, type TableContents } from '../table.ts';
import type { Colours, Terminal } from '../terminal.ts';
import { urlOf } from '../commands/status.ts';

export interface ReadyFacts {
  /** URLs of the gateways; there is at least one. */
  readonly shopUrls: readonly [string, ...string[]];
  readonly dataDirectory: string;
  readonly logsDirectory: string;
  readonly cluster: ClusterAnswer;
  /** The process of each node, by node id. */
  readonly pids: ReadonlyMap<string, number>;
  readonly registry: string;
  /** What was seeded, when anything was. */
  readonly seeded: string | undefined;
}

/** Prints the message. Its first line holds `Trolley is ready` and the URL of the shop. */
export function printReady(terminal: Terminal, facts: ReadyFacts): void {
  for (const line of readyLines(facts, terminal.interactive, terminal.colours)) terminal.line(line);
}

function readyLines(facts: ReadyFacts, interactive: boolean, colours: Colours): string[] {
  const [url, ...furtherUrls] = facts.shopUrls;
  const nodes = nodesTable(facts);
  const strangers = facts.cluster.nodes.filter((node) => !facts.pids.has(node.id)).map((node) => node.id);
  return [
    `${colours.green(colours.bold('Trolley is ready'))} at ${colours.bold(colours.cyan(url))}`,
    '',
    ...(furtherUrls.length > 0 ? [`  further gateways  ${furtherUrls.join('  ')}`] : []),
    `  web pages         ${url}/      shop, watch the cluster, kill a node and see it repaired`,
    `  API documents     ${url}/docs`,
    `  data              ${facts.dataDirectory}`,
    `  logs              ${facts.logsDirectory}`,
    `  registry          ${facts.registry}`,
    ...(facts.seeded === undefined ? [] : [`  sample data       ${facts.seeded}`]),
    '',
    ...(interactive ? drawTable(nodes, colours).split('\n') : tableLines(nodes)),
    ...(strangers.length > 0 ? [`Also in the map, and not started here: ${strangers.join(', ')}`] : []),
    '',
    'Try:',
    `  curl '${url}/product?name=orange'`,
    `  curl -H 'content-type: application/json' -d '{"email":"ann@example.com","products":{"apple":1}}' ${url}/addtocart`,
    `  curl '${url}/cluster/where?key=user:ann@example.com'`,
    '  npx trolley seed && npx trolley theatre      books for a library and seats for a theatre, and a menu to book them',
    '',
    `${colours.bold('npx trolley --help')} lists what else there is. Ctrl-C stops everything; the data stays.`,
  ];
}

function nodesTable({ cluster, pids }: ReadyFacts): TableContents {
  return {
    kind: 'node',
    headings: ['Node', 'Zone', 'Process', 'URL'],
    rows: cluster.nodes
      .filter((node) => pids.has(node.id))
      .map((node) => [
        cell(node.id, 'strong'),
        cell(node.zone ?? '-'),
        cell(pids.get(node.id) ?? '-'),
        cell(urlOf(node), 'faint'),
      ]),
  };
}
