/*
 * The command line: its commands, options and help. Reads what was typed, calls the command, and turns
 * what can go wrong into one clear line and an exit code.
 */
import type { NodeCommand } from '@trolley/cluster';
import { Command, CommanderError, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { forgetNode, weighNode } from './commands/change-map.ts';
import { controlNode } from './commands/control-node.ts';
import { cancelDrain, drainNode } from './commands/drain.ts';
import { repairNodes } from './commands/repair.ts';
import { runSeed } from './commands/seed.ts';
import { showStatus } from './commands/status.ts';
import { runUp } from './commands/up.ts';
import { showWhere } from './commands/where.ts';
import { CommandFailure, EXIT_OK, EXIT_USAGE } from './failure.ts';
import { addGatewayOptions, clientOf, type GatewayOptions } from './gateway-options.ts';
import { addItemCommands } from './items/item-commands.ts';
import { GATEWAYS_MAX, NODES_MAX, type LaunchOptions } from './launcher/launch-options.ts';
import * as help from './help.ts';
import { addLibrary } from './library/library-command.ts';
import * as read from './options.ts';
import { addStress } from './stress/stress-command.ts';
import { addTheatre } from './theatre/theatre-command.ts';

/** Carries out a command line, without the program's name. @returns the exit code. @throws what is a bug */
export async function runCommandLine(context: CommandContext, words: readonly string[]): Promise<number> {
  const { terminal } = context;
  try {
    await createProgram(context).parseAsync(words, { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    terminal.progressDone();
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (!(error instanceof CommandFailure)) throw error;
    terminal.notice(`${terminal.colours.red('error:')} ${error.message}`);
    if (error.hint !== undefined) terminal.notice(error.hint);
    return error.exitCode;
  }
}

function createProgram(context: CommandContext): Command {
  const { terminal } = context;
  const program = new Command('trolley')
    .description(help.PROGRAM_DESCRIPTION)
    .addHelpText('after', help.PROGRAM_EXAMPLES)
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.line(text.trimEnd()),
      writeErr: (text) => terminal.notice(text.trimEnd()),
    });

  addUp(program, context);
  addGatewayOptions(program.command('status'))
    .option('--watch', 'go on showing it, until q or Ctrl-C')
    .description(help.STATUS_DESCRIPTION)
    .addHelpText('after', help.STATUS_EXAMPLES)
    .action((options: WatchOptions) => showStatus(context, clientOf(context, options), sightOptions(options)));
  addGatewayOptions(program.command('where'))
    .argument('<key>', 'a key, such as product:orange or user:ann@example.com')
    .option('--watch', 'go on showing it, until q or Ctrl-C')
    .description(help.WHERE_DESCRIPTION)
    .addHelpText('after', help.WHERE_EXAMPLES)
    .action((key: string, options: WatchOptions) =>
      showWhere(context, clientOf(context, options), key, sightOptions(options)),
    );
  addGatewayOptions(program.command('seed'))
    .argument('[what]', 'shop, library, theatre, all or a JSON file; left out, all')
    .description(help.SEED_DESCRIPTION)
    .addHelpText('after', help.SEED_EXAMPLES)
    .action((what: string | undefined, options: GatewayOptions) =>
      runSeed(context, clientOf(context, options), what, options.json === true),
    );
  addLibrary(program, context);
  addTheatre(program, context);
  addItemCommands(program, context);
  const addControl = (action: NodeCommand, description: string, examples: string): void => {
    addGatewayOptions(program.command(action))
      .argument('<node>', 'the id of a node, such as node-2', read.nodeId)
      .description(description)
      .addHelpText('after', examples)
      .action((id: string, options: GatewayOptions) =>
        controlNode(context, clientOf(context, options), id, action, options.json === true),
      );
  };
  addControl('kill', help.KILL_DESCRIPTION, help.KILL_EXAMPLES);
  addControl('restart', help.RESTART_DESCRIPTION, help.RESTART_EXAMPLES);
  addControl('pause', help.PAUSE_DESCRIPTION, help.PAUSE_EXAMPLES);
  addControl('resume', help.RESUME_DESCRIPTION, help.RESUME_EXAMPLES);
  addControl('cut-off', help.CUT_OFF_DESCRIPTION, help.CUT_OFF_EXAMPLES);
  addControl('rejoin', help.REJOIN_DESCRIPTION, help.REJOIN_EXAMPLES);
  addGatewayOptions(program.command('drain'))
    .argument('<node>', 'the id of a node, such as node-2', read.nodeId)
    .option('--cancel', 'let the node in again')
    .description(help.DRAIN_DESCRIPTION)
    .addHelpText('after', help.DRAIN_EXAMPLES)
    .action((id: string, options: DrainOptions) => {
      const carryOut = options.cancel === true ? cancelDrain : drainNode;
      return carryOut(context, clientOf(context, options), id, options.json === true);
    });
  addStress(program, context);
  addGatewayOptions(program.command('weight'))
    .argument('<node>', 'the id of a node, such as node-2', read.nodeId)
    .argument('[weight]', 'its share of the data, relative to the other nodes', read.weight)
    .option('--reset', 'leave the weight to the node again')
    .description(help.WEIGHT_DESCRIPTION)
    .addHelpText('after', help.WEIGHT_EXAMPLES)
    .action((id: string, weight: number | undefined, options: WeightOptions) => {
      const wish = { weight, reset: options.reset === true, json: options.json === true };
      return weighNode(context, clientOf(context, options), id, wish);
    });
  addGatewayOptions(program.command('forget'))
    .argument('<node>', 'the id of a node, such as node-2', read.nodeId)
    .description(help.FORGET_DESCRIPTION)
    .addHelpText('after', help.FORGET_EXAMPLES)
    .action((id: string, options: GatewayOptions) =>
      forgetNode(context, clientOf(context, options), id, options.json === true),
    );
  addGatewayOptions(program.command('repair'))
    .argument('[node]', 'the id of a node, such as node-2; left out, all nodes', read.nodeId)
    .description(help.REPAIR_DESCRIPTION)
    .addHelpText('after', help.REPAIR_EXAMPLES)
    .action((id: string | undefined, options: GatewayOptions) =>
      repairNodes(context, clientOf(context, options), id, options.json === true),
    );
  return program;
}

interface WatchOptions extends GatewayOptions {
  readonly watch?: boolean;
}

interface WeightOptions extends GatewayOptions {
  readonly reset?: boolean;
}

interface DrainOptions extends GatewayOptions {
  readonly cancel?: boolean;
}

function sightOptions(options: WatchOptions): { readonly json: boolean; readonly watch: boolean } {
  return { json: options.json === true, watch: options.watch === true };
}

interface UpOptions {
  readonly nodes: number;
  readonly gateways: number;
  readonly port: number;
  readonly data: string;
  readonly zookeeper?: string;
  readonly seed: boolean;
  readonly host: string;
  readonly logLevel: string;
  readonly json?: boolean;
}

function addUp(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description(help.UP_DESCRIPTION)
    .option('--nodes <count>', 'storage nodes', read.wholeNumber(1, NODES_MAX), 3)
    .option('--gateways <count>', 'gateways, on the port and those after it', read.wholeNumber(1, GATEWAYS_MAX), 1)
    .option('--port <port>', 'port of the first gateway; 0 takes any free one', read.portNumber, 5000)
    .addOption(
      new Option('--data <directory>', 'where everything is kept')
        .argParser(read.directory)
        .default(read.directory('.trolley'), '.trolley'),
    )
    .option('--zookeeper <servers>', 'use this ZooKeeper, HOST:PORT, not a registry of its own', read.zookeeperServers)
    .option('--no-seed', 'leave an empty shop empty')
    .option('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in', read.listenHost, '127.0.0.1')
    .addOption(
      new Option('--log-level <level>', 'least severe line that the logs get')
        .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info'),
    )
    .option('--json', 'print one line of JSON when it is ready')
    .addHelpText('after', help.UP_EXAMPLES)
    .action(async (options: UpOptions) => {
      await runUp(context, launchOptions(options), options.json === true);
    });
}

function launchOptions(options: UpOptions): LaunchOptions {
  if (read.portsRunOut(options.port, options.gateways)) {
    throw new CommandFailure(
      `There is no port for each of ${options.gateways} gateways from ${options.port} on.`,
      'Choose a lower one with --port.',
      EXIT_USAGE,
    );
  }
  const { nodes, gateways, port, data, zookeeper, seed, host, logLevel } = options;
  return { nodes, gateways, port, dataDirectory: data, zookeeper, seed, host, logLevel };
}
