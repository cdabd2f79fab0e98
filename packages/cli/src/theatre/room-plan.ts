/*
 * A room's plan, drawn so that it can be read without colours: a sign for each state of a seat.
 */
import type { Item } from '../items/item-answers.ts';
import { printable } from '../printable.ts';
import { cell, type TableContents } from '../table.ts';
import type { Colours } from '../terminal.ts';
import { freeSeats, type Play, type Seat } from './plays.ts';
import { ROWS, rowLabel, SEATS_IN_ROW, seatLabel } from '../items/seat.ts';

type SeatState = 'free' | 'taken' | 'yours' | 'pending';

const SIGNS: Readonly<Record<SeatState, string>> = { free: '·', taken: 'X', yours: '@', pending: '?' };
const MEANINGS: Readonly<Record<SeatState, string>> = {
  free: 'free',
  taken: 'taken',
  yours: 'yours',
  pending: 'being decided',
};
const STATES: readonly SeatState[] = ['free', 'taken', 'yours', 'pending'];
const SEAT_WIDTH = 3;
const MARGIN = '  ';
const AISLE = '  ';
const AISLE_AFTER = SEATS_IN_ROW / 2;

/** The state of a seat for the person, or for nobody in particular. */
function seatState({ holder }: Item, email: string | undefined): SeatState {
  if (holder === null) return 'free';
  if (holder.pending === true) return 'pending';
  return holder.email === email ? 'yours' : 'taken';
}

/** The plan as lines: the stage above, rows from A on behind each other, what the signs mean below. */
export function drawPlan(play: Play, email: string | undefined, colours: Colours): readonly string[] {
  const painters = paintersOf(colours);
  const states = new Map(play.seats.map(({ place, item }) => [seatLabel(place), seatState(item, email)]));
  const signAt = (row: number, seat: number): string => {
    const state = states.get(seatLabel({ row, seat }));
    return state === undefined ? ' '.repeat(SEAT_WIDTH) : painters[state](SIGNS[state].padStart(SEAT_WIDTH));
  };
  const numbers = rowOf((seat) => String(seat).padStart(SEAT_WIDTH));
  const stage = ' S T A G E ';
  const aside = Math.max(0, numbers.length - stage.length);
  const left = '='.repeat(Math.floor(aside / 2));
  const right = '='.repeat(Math.ceil(aside / 2));
  return [
    `${colours.bold(printable(play.title))}  ${printable(play.room)}, ${freeSeats(play)} of ${play.seats.length} seats free`,
    '',
    `${MARGIN} ${left}${stage}${right}`,
    `${MARGIN} ${colours.dim(numbers)}`,
    ...Array.from({ length: ROWS }, (_, index) => {
      const label = rowLabel(index + 1);
      return `${MARGIN}${colours.dim(label)}${rowOf((seat) => signAt(index + 1, seat))}  ${colours.dim(label)}`;
    }),
    '',
    MARGIN + STATES.map((state) => `${painters[state](SIGNS[state])} ${MEANINGS[state]}`).join('   '),
  ];
}

function rowOf(textOf: (seat: number) => string): string {
  return Array.from({ length: SEATS_IN_ROW }, (_, index) => textOf(index + 1) + aisleAfter(index + 1)).join('');
}

function aisleAfter(seat: number): string {
  return seat === AISLE_AFTER ? AISLE : '';
}

function paintersOf(colours: Colours): Readonly<Record<SeatState, (text: string) => string>> {
  return {
    free: colours.green,
    taken: colours.red,
    yours: (text) => colours.bold(colours.cyan(text)),
    pending: colours.yellow,
  };
}

/** One line for each seat, for pipes. */
export function seatsTable(seats: readonly Seat[], email: string | undefined): TableContents {
  return {
    kind: 'seat',
    headings: ['Seat', 'State', 'Whose', 'Item'],
    rows: seats.map(({ place, item }) => [
      cell(seatLabel(place), 'strong'),
      cell(seatState(item, email)),
      cell(item.holder?.email ?? '-'),
      cell(item.id, 'faint'),
    ]),
  };
}
