/*
 * The sample theatre: six plays that nobody wrote, each in a room of its own.
 */
import { SEATS_IN_ROW, ROWS, seatId } from '../items/seat.ts';
import type { SampleItem } from './sample-item.ts';

interface SamplePlay {
  /** Stands in the ids of its seats. */
  readonly slug: string;
  readonly title: string;
  readonly room: string;
}

const PLAYS: readonly SamplePlay[] = [
  { slug: 'lighthouse', title: "The Lighthouse Keeper's Wager", room: 'Great Hall' },
  { slug: 'marmalade', title: 'Marmalade for Two', room: 'Blue Room' },
  { slug: 'winter-court', title: 'The Winter Court', room: 'Orangery' },
  { slug: 'paper-inn', title: 'A Night at the Paper Inn', room: 'Studio' },
  { slug: 'nine-clocks', title: 'Nine Clocks', room: 'Old Foundry' },
  { slug: 'understudy', title: 'The Understudy', room: 'Garden Stage' },
];

/** All seats of all plays: 6 rooms of 12 rows by 10. */
export function sampleSeats(): readonly SampleItem[] {
  return PLAYS.flatMap(seatsOf);
}

function seatsOf({ slug, title, room }: SamplePlay): SampleItem[] {
  return Array.from({ length: ROWS * SEATS_IN_ROW }, (_, index) => {
    const place = { row: Math.floor(index / SEATS_IN_ROW) + 1, seat: (index % SEATS_IN_ROW) + 1 };
    return { id: seatId(slug, place), kind: 'seat', details: { play: title, room, ...place } };
  });
}
