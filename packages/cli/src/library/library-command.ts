/*
 * `trolley library`: its subcommands and options; without a subcommand, the menu.
 */
import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addGatewayOptions } from '../gateway-options.ts';
import * as help from '../help-items.ts';
import { checkedEmail, emailOrDefault, requiredEmail, type Desk } from '../items/desk.ts';
import { openDesk, type ItemOptions } from '../items/items-desk.ts';
import { cancelAndTell, changeAndTell, confirmAndTell, showReservations } from '../items/reservation-commands.ts';
import { reserveAndTell } from '../items/reserve-command.ts';
import { showWhose } from '../items/whose.ts';
import * as read from '../options.ts';
import { BOOK_KIND } from './books.ts';
import { addBook, listBooks, removeBooks } from './library-actions.ts';
import { runLibraryMenu } from './library-menu.ts';

const LIST_MAX = 1_000_000;
const YEAR_MAX = 9_999;
const HOLD_SECONDS_MAX = 86_400;

interface ListOptions extends ItemOptions {
  readonly available?: boolean;
  readonly taken?: boolean;
  readonly search?: string;
  readonly title?: string;
  readonly author?: string;
  readonly limit?: number;
}

interface ReserveOptions extends ItemOptions {
  readonly allOrNone?: boolean;
  readonly hold?: number;
}

interface ReservationsOptions extends ItemOptions {
  readonly everybody?: boolean;
}

interface ChangeOptions extends ItemOptions {
  readonly toBook?: string;
  readonly toEmail?: string;
}

interface AddOptions extends ItemOptions {
  readonly id?: string;
  readonly title: string;
  readonly author?: string;
  readonly genre?: string;
  readonly year?: number;
  readonly publisher?: string;
}

/** Adds the command. */
export function addLibrary(program: Command, context: CommandContext): void {
  const library = addGatewayOptions(program.command('library'))
    .option('--email <email>', 'who you are (default: TROLLEY_EMAIL)')
    .description(help.LIBRARY_DESCRIPTION)
    .addHelpText('after', help.LIBRARY_EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .action(async (options: ItemOptions, command: Command) => {
      if (context.prompter === undefined || options.json === true) return command.help({ error: true });
      return runLibraryMenu(await desk(options), context.prompter, emailOrDefault(context, options.email));
    });
  const desk = (options: ItemOptions): Promise<Desk> => openDesk(context, options, BOOK_KIND);
  addReading(library, context, desk);
  addReserving(library, context, desk);
  addKeeping(library, desk);
}

type OpenDesk = (options: ItemOptions) => Promise<Desk>;

function addReading(library: Command, context: CommandContext, desk: OpenDesk): void {
  library
    .command('list')
    .description('list books; on a screen the first 50 unless --limit says more')
    .option('--available', 'only those that nobody has')
    .addOption(new Option('--taken', 'only those that somebody has').conflicts('available'))
    .option('--search <words>', 'words that stand anywhere in what is known of the book')
    .option('--title <words>', 'words of the title')
    .option('--author <words>', 'words of the name of the author')
    .option('--limit <count>', 'so many at most', read.wholeNumber(1, LIST_MAX))
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const { search, title, author, limit, taken, available } = options;
      const wanted = available === true ? true : taken === true ? false : undefined;
      const email = emailOrDefault(context, options.email);
      await listBooks(await desk(options), { search, title, author, available: wanted }, { limit, email });
    });
  library
    .command('who')
    .description('show whose reservation each book is')
    .argument('<books...>', 'ids of books')
    .action(async (books: string[], _: unknown, command: Command) => {
      await showWhose(await desk(command.optsWithGlobals()), books);
    });
  library
    .command('reservations')
    .description('list your reservations, newest first')
    .option('--everybody', 'those of everybody')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ReservationsOptions>();
      const email = options.everybody === true ? undefined : requiredEmail(context, options.email);
      await showReservations(await desk(options), { email, kind: BOOK_KIND });
    });
}

function addReserving(library: Command, context: CommandContext, desk: OpenDesk): void {
  library
    .command('reserve')
    .description('reserve one book or many')
    .argument('<books...>', 'ids of books')
    .option('--all-or-none', 'reserve none unless all are available')
    .option(
      '--hold <seconds>',
      'let the reservation lapse after so long unless it is confirmed',
      read.wholeNumber(1, HOLD_SECONDS_MAX),
    )
    .action(async (items: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ReserveOptions>();
      const email = requiredEmail(context, options.email);
      await reserveAndTell(await desk(options), {
        email,
        items,
        ...(options.allOrNone === true ? { atomic: true } : {}),
        ...(options.hold === undefined ? {} : { holdSeconds: options.hold }),
      });
    });
  library
    .command('change')
    .description('change a reservation: another book, which is taken before the old one is given up, or another person')
    .argument('<reservation>', 'id of a reservation, or of the book it holds')
    .option('--to-book <book>', 'the book to have instead')
    .option('--to-email <email>', 'who is to have it')
    .action(async (word: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>();
      const change = {
        ...(options.toBook === undefined ? {} : { item: options.toBook }),
        ...(options.toEmail === undefined ? {} : { email: checkedEmail(options.toEmail) }),
      };
      await changeAndTell(await desk(options), word, change);
    });
  library
    .command('confirm')
    .description('have reservations last that were made with --hold')
    .argument('<reservations...>', 'ids of reservations, or of the books they hold')
    .action(async (words: string[], _: unknown, command: Command) => {
      await confirmAndTell(await desk(command.optsWithGlobals()), words);
    });
  library
    .command('cancel')
    .description('cancel reservations')
    .argument('<reservations...>', 'ids of reservations, or of the books they hold')
    .action(async (words: string[], _: unknown, command: Command) => {
      await cancelAndTell(await desk(command.optsWithGlobals()), words);
    });
}

function addKeeping(library: Command, desk: OpenDesk): void {
  library
    .command('add')
    .description('add a book')
    .requiredOption('--title <title>', 'its title')
    .option('--author <name>', 'who wrote it')
    .option('--genre <genre>', 'novel, history, ...')
    .option('--year <year>', 'when it came out', read.wholeNumber(0, YEAR_MAX))
    .option('--publisher <name>', 'who published it')
    .option('--id <id>', 'its id (default: one is made up)')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<AddOptions>();
      const { id, title, author, genre, year, publisher } = options;
      await addBook(await desk(options), { id, title, author, genre, year, publisher });
    });
  library
    .command('remove')
    .description('remove books that nobody has')
    .argument('<books...>', 'ids of books')
    .action(async (books: string[], _: unknown, command: Command) => {
      await removeBooks(await desk(command.optsWithGlobals()), books);
    });
}
