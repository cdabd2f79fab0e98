import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseSeatId } from '../items/seat.ts';
import { sampleBooks } from './sample-books.ts';
import { sampleSeats } from './sample-plays.ts';

const ITEM_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

test('the catalogue has 1,200 books, each told completely, none twice', () => {
  const books = sampleBooks();
  expect(books).toHaveLength(1_200);
  expect(new Set(books.map((book) => book.id)).size).toBe(1_200);
  expect(new Set(books.map(({ details }) => `${details['title']} ${details['author']}`)).size).toBe(1_200);
  for (const { id, kind, details } of books) {
    expect(id).toMatch(ITEM_ID);
    expect(kind).toBe('book');
    expect(Object.keys(details)).toEqual(['title', 'author', 'genre', 'year', 'publisher']);
    expect(details['year']).toBeGreaterThan(1900);
    expect(details['year']).toBeLessThan(2026);
  }
});

test('the catalogue is the same on every machine, or seeding again would add other books', () => {
  expect(digest(sampleBooks())).toBe(digest(sampleBooks()));
  expect(digest(sampleBooks())).toMatchInlineSnapshot(`"66f7e0987e3c289b"`);
});

test('six plays in six rooms of 12 rows by 10 seats', () => {
  const seats = sampleSeats();
  expect(seats).toHaveLength(6 * 12 * 10);
  expect(new Set(seats.map((seat) => seat.id)).size).toBe(seats.length);
  expect(new Set(seats.map(({ details }) => details['room'])).size).toBe(6);
  for (const { id, details } of seats) {
    expect(id).toMatch(ITEM_ID);
    expect(parseSeatId(id)?.place).toEqual({ row: details['row'], seat: details['seat'] });
  }
});

test('what the ids of the seats of a play begin with stands in those of no other play', () => {
  const slugs = [...new Set(sampleSeats().map(({ id }) => parseSeatId(id)?.play))];
  for (const slug of slugs) {
    expect(sampleSeats().filter(({ id }) => id.includes(`seat.${slug}.`))).toHaveLength(120);
  }
});
