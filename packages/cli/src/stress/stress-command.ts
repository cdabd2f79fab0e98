/*
 * Where `trolley stress` stands in the command line: its argument and options.
 */
import { STRESS_SIZE_MAX, STRESS_TESTS, STRESS_WORKERS_MAX, type StressTest } from '@trolley/cluster';
import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { stress } from '../commands/stress.ts';
import { addGatewayOptions, clientOf, type GatewayOptions } from '../gateway-options.ts';
import { STRESS_DESCRIPTION, STRESS_EXAMPLES } from '../help.ts';
import { oneOf, wholeNumber } from '../options.ts';
import { gatewayChoice, type GatewayChoice } from './choose-gateways.ts';

interface StressOptions extends GatewayOptions {
  readonly size?: number;
  readonly workers?: number;
  readonly gateways?: GatewayChoice;
  readonly progress?: 'json';
}

/** Adds the command. */
export function addStress(program: Command, context: CommandContext): void {
  addGatewayOptions(program.command('stress'))
    .argument('<test>', 'which of the tests, 1 to 5', oneOf(STRESS_TESTS))
    .option('--size <count>', 'how much there is to do', wholeNumber(1, STRESS_SIZE_MAX))
    .option('--workers <count>', 'requests at once', wholeNumber(1, STRESS_WORKERS_MAX))
    .option('--gateways <which>', 'how many gateways, or their URLs with commas between (default: all)', gatewayChoice)
    .addOption(new Option('--progress <form>', 'write how far it is, line by line, for a program').choices(['json']))
    .description(STRESS_DESCRIPTION)
    .addHelpText('after', STRESS_EXAMPLES)
    .action((test: StressTest, options: StressOptions) =>
      stress(context, clientOf(context, options), {
        ...options,
        test,
        output: options.progress === 'json' ? 'lines' : options.json === true ? 'json' : 'text',
      }),
    );
}
