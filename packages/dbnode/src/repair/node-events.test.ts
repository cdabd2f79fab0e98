import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { NodeEvents } from './node-events.ts';

const START_MS = 5;
/** Ids go on from the start of the process. */
const FIRST = START_MS * 1_000;

function eventsOf(count: number, keptEvents = 100): NodeEvents {
  const events = new NodeEvents(createManualClock(START_MS), keptEvents);
  for (let epoch = 1; epoch <= count; epoch += 1) {
    events.publish({ type: 'move-started', epoch, groups: 1, groupsDone: 0 });
  }
  return events;
}

test('hands out what comes after an id, oldest first', () => {
  const events = eventsOf(4);
  expect(events.last).toBe(FIRST + 4);
  expect(events.after(FIRST + 2, 10)).toMatchObject([
    { id: FIRST + 3, atMs: 5, epoch: 3 },
    { id: FIRST + 4, epoch: 4 },
  ]);
  expect(events.after(FIRST + 4, 10)).toEqual([]);
  expect(events.after(0, 2).map(({ id }) => id - FIRST)).toEqual([1, 2]);
});

test('keeps a bounded number and leaves out what is gone', () => {
  const events = eventsOf(10, 3);
  expect(events.after(0, 10).map(({ id }) => id - FIRST)).toEqual([8, 9, 10]);
  expect(events.after(FIRST + 8, 10).map(({ id }) => id - FIRST)).toEqual([9, 10]);
});

test('an id of an earlier process does not hide what happened since', () => {
  expect(
    eventsOf(2)
      .after(FIRST + 500, 10)
      .map(({ id }) => id - FIRST),
  ).toEqual([1, 2]);
  expect(eventsOf(0).after(0, 10)).toEqual([]);
});

test('a process that has had more events than the one before it hides none of them from who read those', () => {
  const before = eventsOf(2).last;
  const after = new NodeEvents(createManualClock(START_MS + 1));
  for (let epoch = 1; epoch <= 5; epoch += 1) after.publish({ type: 'move-started', epoch, groups: 1, groupsDone: 0 });
  expect(after.after(before, 10)).toHaveLength(5);
});
