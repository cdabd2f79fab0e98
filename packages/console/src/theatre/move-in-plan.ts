/*
 * Where the keyboard leads in a room's plan. Pure.
 */
import { ROWS, SEATS_IN_ROW, type Place } from './seat.ts';

/** What of a key event counts. */
export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
}

/** The seat that a key leads to, which is the same one at the edge; undefined for keys that do not move. */
export function moveInPlan({ row, seat }: Place, { key, ctrlKey }: PressedKey): Place | undefined {
  switch (key) {
    case 'ArrowLeft':
      return within(row, seat - 1);
    case 'ArrowRight':
      return within(row, seat + 1);
    case 'ArrowUp':
      return within(row - 1, seat);
    case 'ArrowDown':
      return within(row + 1, seat);
    case 'Home':
      return within(ctrlKey ? 1 : row, 1);
    case 'End':
      return within(ctrlKey ? ROWS : row, SEATS_IN_ROW);
    case 'PageUp':
      return within(1, seat);
    case 'PageDown':
      return within(ROWS, seat);
    default:
      return undefined;
  }
}

function within(row: number, seat: number): Place {
  return { row: clamp(row, ROWS), seat: clamp(seat, SEATS_IN_ROW) };
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 1), most);
}
