/*
 * A fake gateway with a small library and a small theatre.
 */
import { seatId } from '../items/seat.ts';
import { createFakeGateway, type FakeGateway } from './fake-gateway.ts';

/** Five books, and 120 seats of one play. */
export function createSampleGateway(): FakeGateway {
  const fake = createFakeGateway();
  const books = [
    ['book-1', 'Nine Tides', 'Ada Hazelmere', 1987],
    ['book-2', 'The Locked Ledger', 'Bruno Émberfall', 2001],
    ['book-3', 'Ledger of Rain', 'Ada Hazelmere', 2013],
    ['book-4', 'Salt', 'Ledger Quist', 1950],
    ['book-5', 'Goodnight, Goose', 'Uma Gallowwend', 1993],
  ] as const;
  for (const [id, title, author, year] of books) {
    const details = { title, author, genre: 'Novel', year, publisher: 'Wren Hall' };
    fake.items.items.set(id, { kind: 'book', details, holder: null });
  }
  for (let row = 1; row <= 12; row += 1) {
    for (let seat = 1; seat <= 10; seat += 1) {
      const details = { play: 'Nine Clocks', room: 'Old Foundry', row, seat };
      fake.items.items.set(seatId('nine-clocks', { row, seat }), { kind: 'seat', details, holder: null });
    }
  }
  return fake;
}
