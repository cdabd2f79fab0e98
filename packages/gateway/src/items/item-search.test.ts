import { expect, it } from 'vitest';
import { searchWords } from '../search-words.ts';
import { isSought } from './item-search.ts';
import type { Item } from './item.ts';

const BOOK: Item = {
  kind: 'book',
  details: { title: 'Les Misérables', author: 'Victor Hugo', year: 1862 },
  holder: null,
};
const ALL = { kind: undefined, words: [], available: undefined };

it.each(['miserables', 'MISÉRABLES', 'mise\u0301rables', 'hugo les', 'book-1', ' '])('%j finds the book', (text) => {
  expect(isSought('book-1', BOOK, { ...ALL, words: searchWords(text) })).toBe(true);
});

it.each(['1862', 'hugo zola', 'mis rables x', 'year'])('%j does not', (text) => {
  expect(isSought('book-1', BOOK, { ...ALL, words: searchWords(text) })).toBe(false);
});

it('kinds and holders narrow the search', () => {
  const holder = { reservation: 'a~1', email: 'ann@example.com', sinceMs: 1, expiresAtMs: null, mark: null };
  expect(isSought('a', BOOK, { ...ALL, kind: 'seat' })).toBe(false);
  expect(isSought('a', BOOK, { ...ALL, available: true })).toBe(true);
  expect(isSought('a', { ...BOOK, holder }, { ...ALL, available: true })).toBe(false);
  expect(isSought('a', { ...BOOK, holder }, { ...ALL, available: false })).toBe(true);
});
