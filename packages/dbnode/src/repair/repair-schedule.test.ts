import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { RepairSchedule } from './repair-schedule.ts';
import { Throttle } from './throttle.ts';

const peer = (id: string, sequence = 1) => ({ id, sequence });

function createSchedule() {
  const clock = createManualClock();
  const schedule = new RepairSchedule(clock, () => 0.5, 10_000);
  return { clock, schedule };
}

test('who is new, or registered anew, is due at once; then once in an interval', () => {
  const { clock, schedule } = createSchedule();
  expect(schedule.idleMs).toBeUndefined();
  schedule.follow([peer('b'), peer('c')]);
  expect(schedule.due).toEqual(['b', 'c']);
  schedule.finished('b', 'compared');
  schedule.finished('c', 'compared');
  expect(schedule.due).toEqual([]);
  expect(schedule.idleMs).toBe(10_000);
  clock.advance(4_000);
  schedule.follow([peer('b'), peer('c', 2)]);
  expect(schedule.due).toEqual(['c']);
  clock.advance(6_000);
  expect(schedule.due).toEqual(['c', 'b']);
});

test('a comparison that failed is tried again soon, and one that waits for hints only for so long', () => {
  const { clock, schedule } = createSchedule();
  schedule.follow([peer('b')]);
  schedule.finished('b', 'failed');
  expect(schedule.idleMs).toBe(1_000);
  schedule.finished('b', 'hints-first');
  expect(schedule.idleMs).toBe(500);
  expect(schedule.waitsForHints('b')).toBe(true);
  clock.advance(10_000);
  expect(schedule.waitsForHints('b')).toBe(false);
});

test('on request everybody is due at once, also whose turn is being taken', () => {
  const { schedule } = createSchedule();
  schedule.follow([peer('b'), peer('c')]);
  schedule.started('b');
  schedule.finished('b', 'compared');
  schedule.started('c');
  schedule.hurry();
  schedule.finished('c', 'compared');
  expect(schedule.due.toSorted()).toEqual(['b', 'c']);
  expect(schedule.waitsForHints('b')).toBe(false);
  schedule.started('c');
  schedule.finished('c', 'compared');
  expect(schedule.due).toEqual(['b']);
});

test('who is gone has no turn', () => {
  const { schedule } = createSchedule();
  schedule.follow([peer('b'), peer('c')]);
  schedule.finished('b', 'compared');
  schedule.follow([peer('b')]);
  schedule.finished('c', 'compared');
  expect(schedule.due).toEqual([]);
  expect(schedule.idleMs).toBe(10_000);
});

test('a throttle lets so many through in a second, whoever asks', async () => {
  const clock = createManualClock();
  const throttle = new Throttle(clock, 100);
  await throttle.take(100);
  const order: string[] = [];
  const second = throttle.take(50).then(() => order.push('second'));
  const third = throttle.take(1).then(() => order.push('third'));
  clock.advance(1_000);
  await second;
  expect(order).toEqual(['second']);
  clock.advance(500);
  await third;
  expect(order).toEqual(['second', 'third']);
});
