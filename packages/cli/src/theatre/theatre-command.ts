/*
 * `trolley theatre`: its subcommands and options; without a subcommand, the menu.
 */
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addGatewayOptions } from '../gateway-options.ts';
import * as help from '../help-items.ts';
import { checkedEmail, emailOrDefault, requiredEmail, type Desk } from '../items/desk.ts';
import { openDesk, type ItemOptions } from '../items/items-desk.ts';
import { cancelAndTell, changeAndTell, confirmAndTell, showReservations } from '../items/reservation-commands.ts';
import { reserveAndTell } from '../items/reserve-command.ts';
import { showWhose } from '../items/whose.ts';
import * as read from '../options.ts';
import { findPlay, SEAT_KIND } from './plays.ts';
import { seatItems, showPlan, showPlays } from './theatre-actions.ts';
import { runTheatreMenu } from './theatre-menu.ts';

const HOLD_SECONDS_MAX = 86_400;

interface PlanCommandOptions extends ItemOptions {
  readonly who?: boolean;
}

interface BookOptions extends ItemOptions {
  readonly allOrNone?: boolean;
  readonly hold?: number;
}

interface ReservationsOptions extends ItemOptions {
  readonly everybody?: boolean;
}

interface ChangeOptions extends ItemOptions {
  readonly toSeat?: string;
  readonly toEmail?: string;
}

/** Adds the command. */
export function addTheatre(program: Command, context: CommandContext): void {
  const theatre = addGatewayOptions(program.command('theatre'))
    .option('--email <email>', 'who you are (default: TROLLEY_EMAIL)')
    .description(help.THEATRE_DESCRIPTION)
    .addHelpText('after', help.THEATRE_EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .action(async (options: ItemOptions, command: Command) => {
      if (context.prompter === undefined || options.json === true) return command.help({ error: true });
      return runTheatreMenu(await desk(options), context.prompter, emailOrDefault(context, options.email));
    });
  const desk = (options: ItemOptions): Promise<Desk> => openDesk(context, options, SEAT_KIND);
  addReading(theatre, context, desk);
  addBooking(theatre, context, desk);
}

type OpenDesk = (options: ItemOptions) => Promise<Desk>;

function addReading(theatre: Command, context: CommandContext, desk: OpenDesk): void {
  theatre
    .command('plays')
    .description('list the plays, their rooms, and how many seats are free')
    .action(async (_: unknown, command: Command) => {
      await showPlays(await desk(command.optsWithGlobals()));
    });
  theatre
    .command('plan')
    .description("draw the plan of a play's room; in a pipe, a line for each seat")
    .argument('<play>', 'the play')
    .option('--who', 'list whose each taken seat is')
    .action(async (play: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<PlanCommandOptions>();
      const email = emailOrDefault(context, options.email);
      await showPlan(await desk(options), play, { email, who: options.who === true });
    });
  theatre
    .command('who')
    .description('show whose each seat is')
    .argument('<play>', 'the play')
    .argument('<seats...>', 'seats, such as C7')
    .action(async (name: string, seats: string[], _: unknown, command: Command) => {
      const opened = await desk(command.optsWithGlobals());
      await showWhose(opened, seatItems(await findPlay(opened.client, name), seats));
    });
  theatre
    .command('reservations')
    .description('list your seats, newest first')
    .option('--everybody', 'those of everybody')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ReservationsOptions>();
      const email = options.everybody === true ? undefined : requiredEmail(context, options.email);
      await showReservations(await desk(options), { email, kind: SEAT_KIND });
    });
}

function addBooking(theatre: Command, context: CommandContext, desk: OpenDesk): void {
  theatre
    .command('book')
    .description('book one seat or several at once')
    .argument('<play>', 'the play')
    .argument('<seats...>', 'seats, such as C7')
    .option('--all-or-none', 'book none unless all are free')
    .option(
      '--hold <seconds>',
      'let the booking lapse after so long unless it is confirmed',
      read.wholeNumber(1, HOLD_SECONDS_MAX),
    )
    .action(async (name: string, seats: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<BookOptions>();
      const email = requiredEmail(context, options.email);
      const opened = await desk(options);
      const items = seatItems(await findPlay(opened.client, name), seats);
      await reserveAndTell(opened, {
        email,
        items,
        ...(options.allOrNone === true ? { atomic: true } : {}),
        ...(options.hold === undefined ? {} : { holdSeconds: options.hold }),
      });
    });
  theatre
    .command('change')
    .description('change a booking: another seat, which is taken before the old one is given up, or another person')
    .argument('<play>', 'the play')
    .argument('<seat>', 'the seat that is booked, such as C7')
    .option('--to-seat <seat>', 'the seat to have instead')
    .option('--to-email <email>', 'who is to have it')
    .action(async (name: string, seat: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>();
      const opened = await desk(options);
      const play = await findPlay(opened.client, name);
      const [from = '', to] = seatItems(play, options.toSeat === undefined ? [seat] : [seat, options.toSeat]);
      const change = {
        ...(to === undefined ? {} : { item: to }),
        ...(options.toEmail === undefined ? {} : { email: checkedEmail(options.toEmail) }),
      };
      await changeAndTell(opened, from, change);
    });
  theatre
    .command('confirm')
    .description('have bookings last that were made with --hold')
    .argument('<play>', 'the play')
    .argument('<seats...>', 'seats, such as C7')
    .action(async (name: string, seats: string[], _: unknown, command: Command) => {
      const opened = await desk(command.optsWithGlobals());
      await confirmAndTell(opened, seatItems(await findPlay(opened.client, name), seats));
    });
  theatre
    .command('cancel')
    .description('cancel bookings')
    .argument('<play>', 'the play')
    .argument('<seats...>', 'seats, such as C7')
    .action(async (name: string, seats: string[], _: unknown, command: Command) => {
      const opened = await desk(command.optsWithGlobals());
      await cancelAndTell(opened, seatItems(await findPlay(opened.client, name), seats));
    });
}
