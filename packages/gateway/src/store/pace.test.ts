import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('the rest takes as long as the pace of the last seconds says', () => {
  const clock = createManualClock();
  const pace = new Pace(clock);
  pace.note(2, 0);
  expect(pace.secondsFor(10)).toBeUndefined();
  clock.advance(2_000);
  pace.note(2, 4);
  expect(pace.secondsFor(10)).toBe(5);
  // Long ago counts no more.
  clock.advance(30_000);
  pace.note(2, 5);
  expect(pace.secondsFor(10)).toBe(300);
  clock.advance(60_000);
  pace.note(2, 5);
  expect(pace.secondsFor(10)).toBeUndefined();
});

test('another move begins anew', () => {
  const clock = createManualClock();
  const pace = new Pace(clock);
  pace.note(2, 0);
  clock.advance(1_000);
  pace.note(3, 100);
  expect(pace.secondsFor(1)).toBeUndefined();
});

test('two looks at one moment tell no pace', () => {
  const pace = new Pace(createManualClock());
  pace.note(2, 0);
  pace.note(2, 5);
  expect(pace.secondsFor(5)).toBe(0);
});
