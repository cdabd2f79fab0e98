import { assert, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { parseSeatId, parseSeatLabel, ROWS, seatId, seatLabel, SEATS_IN_ROW } from './seat.ts';

const places = record({ row: integer({ min: 1, max: ROWS }), seat: integer({ min: 1, max: SEATS_IN_ROW }) });

test('every seat is found again by each of its names', () => {
  assert(
    property(places, (place) => {
      expect(parseSeatLabel(seatLabel(place))).toEqual(place);
      expect(parseSeatId(seatId('nine-clocks', place))).toEqual({ play: 'nine-clocks', place });
    }),
  );
});

test.each(['C7', 'c7', 'C-7', ' c07 '])('%j is the seventh seat of the third row', (text) => {
  expect(parseSeatLabel(text)).toEqual({ row: 3, seat: 7 });
});

test.each(['', 'C', '7', 'M1', 'A0', 'A11', 'A1x', 'CC7', '__proto__', 'A 1', 'Ä1'])('%j is no seat', (text) => {
  expect(parseSeatLabel(text)).toBeUndefined();
});

test.each(['seat.x.r13.s01', 'seat.x.r01.s11', 'seat.x.r00.s01', 'book-0001', 'seat.x.r1.s1', 'seat..r01.s01'])(
  '%j is not the id of a seat',
  (id) => {
    expect(parseSeatId(id)).toBeUndefined();
  },
);
