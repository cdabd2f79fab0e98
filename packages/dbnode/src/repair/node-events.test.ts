import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { NodeEvents } from './node-events.ts';

function eventsOf(count: number, keptEvents = 100): NodeEvents {
  const events = new NodeEvents(createManualClock(5), keptEvents);
  for (let epoch = 1; epoch <= count; epoch += 1) {
    events.publish({ type: 'move-started', epoch, groups: 1, groupsDone: 0 });
  }
  return events;
}

test('hands out what comes after an id, oldest first', () => {
  const events = eventsOf(4);
  expect(events.last).toBe(4);
  expect(events.after(2, 10)).toMatchObject([
    { id: 3, atMs: 5, epoch: 3 },
    { id: 4, epoch: 4 },
  ]);
  expect(events.after(4, 10)).toEqual([]);
  expect(events.after(0, 2).map(({ id }) => id)).toEqual([1, 2]);
});

test('keeps a bounded number and leaves out what is gone', () => {
  const events = eventsOf(10, 3);
  expect(events.after(0, 10).map(({ id }) => id)).toEqual([8, 9, 10]);
  expect(events.after(8, 10).map(({ id }) => id)).toEqual([9, 10]);
});

test('an id of an earlier process does not hide what happened since', () => {
  expect(
    eventsOf(2)
      .after(500, 10)
      .map(({ id }) => id),
  ).toEqual([1, 2]);
  expect(eventsOf(0).after(0, 10)).toEqual([]);
});
