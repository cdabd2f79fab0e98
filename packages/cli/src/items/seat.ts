/*
 * A seat and its names: `C7` for people (third row, seat 7), `seat.PLAY.r03.s07` as an item. A room has 12 rows
 * of 10 seats.
 */

export const ROWS = 12;
export const SEATS_IN_ROW = 10;

const FIRST_LETTER = 'A'.charCodeAt(0);
const SEAT_ID = /^seat\.([a-z0-9][a-z0-9_-]*)\.r(\d\d)\.s(\d\d)$/;
const LABEL = /^([a-z])-?0*(\d{1,2})$/i;

/** A place in a room; both count from 1. */
export interface Place {
  readonly row: number;
  readonly seat: number;
}

/** The item id of a seat. */
export function seatId(play: string, { row, seat }: Place): string {
  return `${seatIdPrefix(play)}r${twoDigits(row)}.s${twoDigits(seat)}`;
}

/** What the item ids of all seats of a play begin with, and those of no other play. */
export function seatIdPrefix(play: string): string {
  return `seat.${play}.`;
}

/** What an item id says; undefined when it is not that of a seat in such a room. */
export function parseSeatId(id: string): { readonly play: string; readonly place: Place } | undefined {
  const [, play, row, seat] = SEAT_ID.exec(id) ?? [];
  const place = placeWithin(Number(row), Number(seat));
  return play === undefined || place === undefined ? undefined : { play, place };
}

/** How people call a seat: the letter of its row, and its number. */
export function seatLabel({ row, seat }: Place): string {
  return `${rowLabel(row)}${seat}`;
}

/** The letter of a row. */
export function rowLabel(row: number): string {
  return String.fromCharCode(FIRST_LETTER + row - 1);
}

/** Reads `C7`, `c07` or `C-7`; undefined when there is no such seat. */
export function parseSeatLabel(text: string): Place | undefined {
  const [, letter, number] = LABEL.exec(text.trim()) ?? [];
  if (letter === undefined) return undefined;
  return placeWithin(letter.toUpperCase().charCodeAt(0) - FIRST_LETTER + 1, Number(number));
}

function placeWithin(row: number, seat: number): Place | undefined {
  return row >= 1 && row <= ROWS && seat >= 1 && seat <= SEATS_IN_ROW ? { row, seat } : undefined;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
