/*
 * A seat and its names: `C7` for people (third row, seat 7), `seat.PLAY.r03.s07` as an item. A room has 12 rows of 10
 * seats.
 */

export const ROWS = 12;
export const SEATS_IN_ROW = 10;

const FIRST_LETTER = 'A'.charCodeAt(0);
const SEAT_ID = /^seat\.([a-z0-9][a-z0-9_-]*)\.r(\d\d)\.s(\d\d)$/;

/** A place in a room; both count from 1. */
export interface Place {
  readonly row: number;
  readonly seat: number;
}

/** What an item id says; undefined when it is not that of a seat in such a room. */
export function parseSeatId(id: string): { readonly play: string; readonly place: Place } | undefined {
  const [, play, rowText, seatText] = SEAT_ID.exec(id) ?? [];
  const [row, seat] = [Number(rowText), Number(seatText)];
  const isInRoom = row >= 1 && row <= ROWS && seat >= 1 && seat <= SEATS_IN_ROW;
  return play === undefined || !isInRoom ? undefined : { play, place: { row, seat } };
}

/** The letter of a row. */
export function rowLetter(row: number): string {
  return String.fromCharCode(FIRST_LETTER + row - 1);
}

/** How people call a seat, such as `C7`. */
export function seatLabel({ row, seat }: Place): string {
  return `${rowLetter(row)}${seat}`;
}
