/*
 * The books of the library: finding them, and showing them.
 */
import { detailOf, type Item } from '../items/item-answers.ts';
import type { ItemsClient } from '../items/items-client.ts';
import { cell, type Cell, type TableContents } from '../table.ts';

export const BOOK_KIND = 'book';

export interface BookSearch {
  /** Words, each of which stands somewhere in what is known of the book. */
  readonly search?: string | undefined;
  /** Words, each of which stands in the title. */
  readonly title?: string | undefined;
  /** Words, each of which stands in the author's name. */
  readonly author?: string | undefined;
  readonly available?: boolean | undefined;
}

export interface FoundBooks {
  readonly books: readonly Item[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
}

/** The first books, by id, that the search fits. @throws CommandFailure */
export async function findBooks(client: ItemsClient, search: BookSearch, limit: number): Promise<FoundBooks> {
  const { title, author, available } = search;
  const text = [search.search, title, author].filter((each) => each !== undefined).join(' ');
  const books: Item[] = [];
  for await (const item of client.list({ kind: BOOK_KIND, text, available })) {
    if (!holdsWords(detailOf(item, 'title'), title) || !holdsWords(detailOf(item, 'author'), author)) continue;
    if (books.length === limit) return { books, more: true };
    books.push(item);
  }
  return { books, more: false };
}

function holdsWords(text: string, words: string | undefined): boolean {
  if (words === undefined) return true;
  const plain = withoutAccents(text);
  return withoutAccents(words)
    .split(/\s+/)
    .every((word) => plain.includes(word));
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Books as a table; `email` is whose reservations are called "yours". */
export function booksTable(books: readonly Item[], email: string | undefined): TableContents {
  return {
    kind: BOOK_KIND,
    headings: ['Book', 'Title', 'Author', 'Genre', 'Year', 'Publisher', 'State'],
    rows: books.map((book) => [
      cell(book.id, 'strong'),
      ...['title', 'author', 'genre', 'year', 'publisher'].map((name) => cell(detailOf(book, name) || '-')),
      stateCell(book, email),
    ]),
  };
}

function stateCell({ holder }: Item, email: string | undefined): Cell {
  if (holder === null) return cell('available', 'good');
  if (holder.pending === true) return cell('being decided', 'caution');
  return holder.email === email ? cell('yours', 'strong') : cell('reserved', 'bad');
}

/** A book in one line. */
export function bookLine(book: Item): string {
  const author = detailOf(book, 'author');
  const title = detailOf(book, 'title') || book.id;
  return author === '' ? title : `${title}, by ${author}`;
}
