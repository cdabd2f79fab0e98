/*
 * The commands that are about items of every kind: `trolley reservations` and `trolley unreserve`.
 */
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import { addGatewayOptions } from '../gateway-options.ts';
import * as help from '../help-items.ts';
import { emailOrDefault } from './desk.ts';
import { openDesk, type ItemOptions } from './items-desk.ts';
import { showReservations } from './reservation-commands.ts';
import { unreserve } from './unreserve.ts';

interface ReservationsOptions extends ItemOptions {
  readonly item?: string;
  readonly kind?: string;
}

interface UnreserveCommandOptions extends ItemOptions {
  readonly all?: boolean;
  readonly kind?: string;
  readonly yes?: boolean;
}

/** Adds the commands. */
export function addItemCommands(program: Command, context: CommandContext): void {
  addGatewayOptions(program.command('reservations'))
    .option('--email <email>', 'only those of this person')
    .option('--item <id>', 'only that of this item')
    .option('--kind <kind>', 'only items of this kind, such as book or seat')
    .description(help.RESERVATIONS_DESCRIPTION)
    .addHelpText('after', help.RESERVATIONS_EXAMPLES)
    .action(async (options: ReservationsOptions) => {
      const { item, kind } = options;
      const email = givenEmail(context, options);
      await showReservations(await openDesk(context, options, 'item'), { email, item, kind });
    });
  addGatewayOptions(program.command('unreserve'))
    .option('--all', 'all of them; nothing is done without this')
    .option('--email <email>', 'only those of this person')
    .option('--kind <kind>', 'only items of this kind, such as book or seat')
    .option('--yes', 'do not ask')
    .description(help.UNRESERVE_DESCRIPTION)
    .addHelpText('after', help.UNRESERVE_EXAMPLES)
    .action(async (options: UnreserveCommandOptions) => {
      if (options.all !== true) {
        throw new CommandFailure('Say --all to cancel all reservations.', undefined, EXIT_USAGE);
      }
      const { kind, yes } = options;
      const email = givenEmail(context, options);
      await unreserve(await openDesk(context, options, 'item'), { kind, email, yes: yes === true });
    });
}

/** Here the environment does not say who: these commands are about everybody. */
function givenEmail(context: CommandContext, { email }: ItemOptions): string | undefined {
  return email === undefined ? undefined : emailOrDefault(context, email);
}
