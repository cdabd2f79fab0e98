import { expect, test } from 'vitest';
import { moveInPlan } from './move-in-plan.ts';

const C7 = { row: 3, seat: 7 };

test.each([
  ['ArrowLeft', 3, 6],
  ['ArrowRight', 3, 8],
  ['ArrowUp', 2, 7],
  ['ArrowDown', 4, 7],
  ['Home', 3, 1],
  ['End', 3, 10],
  ['PageUp', 1, 7],
  ['PageDown', 12, 7],
])('%s leads from C7 to row %i, seat %i', (key, row, seat) => {
  expect(moveInPlan(C7, { key, ctrlKey: false })).toEqual({ row, seat });
});

test('Home and End lead to the corners with Control', () => {
  expect(moveInPlan(C7, { key: 'Home', ctrlKey: true })).toEqual({ row: 1, seat: 1 });
  expect(moveInPlan(C7, { key: 'End', ctrlKey: true })).toEqual({ row: 12, seat: 10 });
});

test.each([
  [{ row: 1, seat: 1 }, 'ArrowLeft'],
  [{ row: 1, seat: 1 }, 'ArrowUp'],
  [{ row: 12, seat: 10 }, 'ArrowRight'],
  [{ row: 12, seat: 10 }, 'ArrowDown'],
])('at the edge %j, %s stays', (place, key) => {
  expect(moveInPlan(place, { key, ctrlKey: false })).toEqual(place);
});

test.each([' ', 'Enter', 'Tab', 'a'])('%j does not move', (key) => {
  expect(moveInPlan(C7, { key, ctrlKey: false })).toBeUndefined();
});
