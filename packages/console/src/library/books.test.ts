import { expect, test } from 'vitest';
import { bookLine, isFound } from './books.ts';
import { libraryState } from './library-state.ts';

const BOOK = { id: 'book-1', holder: null, title: 'Les Misérables', author: 'Victor Hugo' };

test('a book in one line', () => {
  expect(bookLine(BOOK)).toBe('Les Misérables, by Victor Hugo');
  expect(bookLine({ id: 'book-2', holder: null })).toBe('book-2');
});

test.each([
  ['miserables', 'title', true],
  ['LES mis', 'title', true],
  ['hugo', 'title', false],
  ['hugo', 'author', true],
  ['hugo les', 'author', false],
  ['hugo les', 'anywhere', true],
  ['', 'title', true],
] as const)('%j in %s: %s', (search, field, found) => {
  expect(isFound(BOOK, search, field)).toBe(found);
});

test('the address says what is shown', () => {
  const query = { search: 'ledger', in: 'title', available: 'yes', page: '2', user: 'ann@example.com', change: 'x~y' };
  expect(libraryState(query)).toEqual({
    search: 'ledger',
    field: 'title',
    availableOnly: true,
    page: 2,
    user: 'ann@example.com',
    change: 'x~y',
    keeper: false,
  });
  expect(libraryState({ in: 'cellar', available: 'maybe', user: 'ann@example.com' })).toMatchObject({
    field: 'anywhere',
    availableOnly: false,
  });
});
