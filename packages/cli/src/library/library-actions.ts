/*
 * What the library does beyond reserving: lists, adds and removes books.
 */
import { CommandFailure } from '../failure.ts';
import { remark, show, type Desk } from '../items/desk.ts';
import { tellOutcomes, withProgress } from '../items/reservation-commands.ts';
import { counted, printable } from '../printable.ts';
import { BOOK_KIND, bookLine, booksTable, findBooks, type BookSearch } from './books.ts';

/** Books that a screen gets unless it asks for more; in a pipe all come. */
const SCREEN_BOOKS = 50;

/** A book to add. */
export interface NewBook {
  readonly id?: string | undefined;
  readonly title: string;
  readonly author?: string | undefined;
  readonly genre?: string | undefined;
  readonly year?: number | undefined;
  readonly publisher?: string | undefined;
}

/** Lists books. @throws CommandFailure */
export async function listBooks(
  desk: Desk,
  search: BookSearch,
  { limit, email }: { readonly limit?: number | undefined; readonly email?: string | undefined } = {},
): Promise<void> {
  const toScreen = desk.context.terminal.interactive && !desk.json;
  const most = limit ?? (toScreen ? SCREEN_BOOKS : Number.POSITIVE_INFINITY);
  const { books, more } = await findBooks(desk.client, search, most);
  show(desk, booksTable(books, email), books);
  if (books.length === 0 && Object.values(search).every((each) => each === undefined || each === '')) {
    remark(desk, 'There are no books. `trolley seed library` puts 1,200 in.');
    return;
  }
  remark(
    desk,
    more ? `The first ${counted(books.length, 'book')}; there are more.` : `${counted(books.length, 'book')}.`,
  );
}

/** Adds a book. @throws CommandFailure */
export async function addBook(desk: Desk, { id, ...details }: NewBook): Promise<void> {
  const known: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(details)) if (value !== undefined && value !== '') known[name] = value;
  const added = await desk.client.add({ id, kind: BOOK_KIND, details: known });
  if (added === undefined) throw new CommandFailure(`There is an item ${printable(id ?? '')} already.`);
  const { terminal } = desk.context;
  if (desk.json) terminal.line(JSON.stringify(added));
  else if (terminal.interactive) terminal.line(`Added ${printable(added.id)}: ${printable(bookLine(added))}.`);
  else terminal.line(['added', added.id, bookLine(added)].map(printable).join('\t'));
}

/** Removes books that nobody has. @throws CommandFailure unless all of them were removed */
export async function removeBooks(desk: Desk, ids: readonly string[]): Promise<void> {
  const outcomes = await withProgress(desk, 'Removing', [...new Set(ids)], async (id) => {
    const outcome = await desk.client.remove(id);
    if (outcome === 'removed') return undefined;
    return outcome === 'held' ? 'somebody has it' : 'there is no such book';
  });
  tellOutcomes(desk, { done: 'removed', noun: 'book' }, outcomes);
}
