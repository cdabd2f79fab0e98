import { expect, test } from 'vitest';
import { Pacer } from './pacer.ts';

test('requests are due at their times, each once and none early', () => {
  const pacer = new Pacer(1_000, 3);
  pacer.begin(10);
  expect(pacer.next(9.9)).toBeUndefined();
  expect(pacer.next(10)).toEqual({ index: 0, atMs: 10 });
  expect(pacer.next(10.5)).toBeUndefined();
  expect(pacer.next(11)).toEqual({ index: 1, atMs: 11 });
});

test('what was missed keeps the time at which it was due', () => {
  const pacer = new Pacer(1_000, 3);
  pacer.begin(0);
  expect([pacer.next(50), pacer.next(50), pacer.next(50)].map((due) => due?.atMs)).toEqual([0, 1, 2]);
});

test('there are as many as rate and duration say', () => {
  const pacer = new Pacer(250, 2_000);
  pacer.begin(0);
  let count = 0;
  while (pacer.next(10_000) !== undefined) count += 1;
  expect(count).toBe(500);
  expect(pacer.isOver).toBe(true);
  expect(pacer.left).toBe(0);
});
