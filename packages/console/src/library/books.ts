/*
 * Books: how they are called, and which a search finds. Pure.
 */
import { detailOf, type Item } from '../items/item.ts';
import type { SearchField } from './library-state.ts';

export const BOOK_KIND = 'book';

/** What people call a book. */
export function titleOf(book: Item): string {
  return detailOf(book, 'title') || book.id;
}

/** A book in one line. */
export function bookLine(book: Item): string {
  const author = detailOf(book, 'author');
  return author === '' ? titleOf(book) : `${titleOf(book)}, by ${author}`;
}

/** Whether each of the words stands in the field. The gateway has looked for them anywhere. */
export function isFound(book: Item, search: string, field: SearchField): boolean {
  if (field === 'anywhere') return true;
  const text = plain(detailOf(book, field));
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
