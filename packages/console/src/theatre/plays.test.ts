import { expect, test } from 'vitest';
import type { Holder, Item } from '../items/item.ts';
import { countStates, deedOf, playsOf, type Seat } from './plays.ts';

const ANN = 'ann@example.com';
const mine: Holder = { reservation: 'x~1', email: ANN };
const others: Holder = { reservation: 'x~2', email: 'ben@example.com' };

function seatItem(id: string, holder: Holder | null = null): Item {
  return { id, holder, kind: 'seat', play: 'Nine Clocks', room: 'Old Foundry' };
}

function seat(row: number, number: number, holder: Holder | null = null): Seat {
  return { place: { row, seat: number }, item: seatItem(`seat.nine-clocks.r0${row}.s0${number}`, holder) };
}

test('seats make plays; what is no seat is left out', () => {
  const items = [
    seatItem('seat.nine-clocks.r01.s01'),
    seatItem('seat.nine-clocks.r01.s02', others),
    seatItem('seat.understudy.r12.s10', mine),
    seatItem('seat.understudy.r13.s10'),
    seatItem('book-1'),
  ];
  const plays = playsOf(items);
  expect(plays.map(({ slug, title, room, seats }) => [slug, title, room, [...seats.keys()]])).toEqual([
    ['nine-clocks', 'Nine Clocks', 'Old Foundry', ['A1', 'A2']],
    ['understudy', 'Nine Clocks', 'Old Foundry', ['L10']],
  ]);
  expect(plays.map((play) => countStates(play, ANN))).toEqual([
    { free: 1, taken: 1, yours: 0, pending: 0 },
    { free: 0, taken: 0, yours: 1, pending: 0 },
  ]);
});

test('free seats are taken, own ones given back, and one of each is a move', () => {
  const [free, own] = [seat(1, 1), seat(1, 2, mine)];
  expect(deedOf([], ANN)).toEqual({ kind: 'none' });
  expect(deedOf([free, seat(1, 3)], ANN)).toEqual({ kind: 'take', seats: [free, seat(1, 3)] });
  expect(deedOf([own], ANN)).toEqual({ kind: 'give-back', seats: [own] });
  expect(deedOf([free, own], ANN)).toEqual({ kind: 'move', from: own, to: free });
  expect(deedOf([free, seat(1, 3), own], ANN)).toEqual({ kind: 'mixed' });
});

test('what somebody else took meanwhile does not count', () => {
  expect(deedOf([seat(1, 1, others)], ANN)).toEqual({ kind: 'none' });
  expect(deedOf([seat(1, 1, others), seat(1, 2)], ANN)).toMatchObject({
    kind: 'take',
    seats: [{ place: { seat: 2 } }],
  });
});
