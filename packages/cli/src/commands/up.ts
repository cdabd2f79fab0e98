/*
 * `trolley up` as a command: puts the real parts together and tells the result.
 */
import { fileURLToPath } from 'node:url';
import type { CommandContext } from '../command-context.ts';
import type { LaunchOptions } from '../launcher/launch-options.ts';
import { dataLayout } from '../launcher/launch-options.ts';
import { runLauncher, type LaunchedCluster } from '../launcher/launcher.ts';
import { printReady } from '../launcher/ready-message.ts';
import { startRegistry } from '../launcher/start-registry.ts';
import { counted } from '../printable.ts';
import { urlOf } from './status.ts';

/** Runs a cluster on this machine until a signal. @returns the exit code. @throws CommandFailure */
export function runUp(context: CommandContext, options: LaunchOptions, json: boolean): Promise<number> {
  const { terminal } = context;
  if (!json)
    terminal.progress(`Starting ${counted(options.nodes, 'node')} and ${counted(options.gateways, 'gateway')} ...`);
  return runLauncher({
    options,
    context,
    mains: {
      node: mainBeside(import.meta.resolve('@trolley/dbnode')),
      gateway: mainBeside(import.meta.resolve('@trolley/gateway')),
      command: mainBeside(new URL('..', import.meta.url).href),
    },
    startRegistry,
    onReady: (launched) => {
      if (json) terminal.line(JSON.stringify(readyDocument(options, launched)));
      else printReadyMessage(context, options, launched);
    },
  });
}

/** The script that runs a package as a process of its own; it stands beside the package's entry, wherever that is. */
function mainBeside(entryUrl: string): string {
  return fileURLToPath(new URL('./main.js', entryUrl));
}

function printReadyMessage({ terminal }: CommandContext, options: LaunchOptions, launched: LaunchedCluster): void {
  const [url = '', ...further] = launched.gatewayUrls;
  printReady(terminal, {
    shopUrls: [url, ...further],
    dataDirectory: options.dataDirectory,
    logsDirectory: dataLayout(options.dataDirectory).logsDirectory,
    cluster: launched.cluster,
    pids: launched.pids,
    registry: options.zookeeper === undefined ? 'in this process' : `ZooKeeper at ${options.zookeeper}`,
    seeded: launched.seeded,
  });
}

function readyDocument(options: LaunchOptions, { gatewayUrls, cluster, pids, seeded }: LaunchedCluster): unknown {
  return {
    ready: true,
    url: gatewayUrls[0],
    gateways: gatewayUrls,
    dataDirectory: options.dataDirectory,
    nodes: cluster.nodes
      .filter((node) => pids.has(node.id))
      .map((node) => ({ id: node.id, zone: node.zone, pid: pids.get(node.id), url: urlOf(node) })),
    seeded: seeded ?? null,
  };
}
