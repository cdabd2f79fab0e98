import { createManualClock } from '@trolley/cluster/testing';
import { array, assert, double, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { withSharedTimers } from './shared-timers.ts';

const timer = record({
  setAfterMs: double({ min: 0, max: 5, noNaN: true }),
  delayMs: double({ min: -1, max: 20, noNaN: true }),
});

test('each timer comes once, when it is due or up to two milliseconds later', () => {
  assert(
    property(array(timer, { maxLength: 20 }), (wanted) => {
      const clock = createManualClock();
      const shared = withSharedTimers(clock);
      const lateMs: number[] = [];
      for (const { setAfterMs, delayMs } of wanted) {
        clock.advance(setAfterMs);
        const dueMs = clock.monotonicMs() + Math.max(delayMs, 0);
        shared.after(delayMs, () => lateMs.push(clock.monotonicMs() - dueMs));
      }
      clock.advance(100);
      expect(lateMs).toHaveLength(wanted.length);
      for (const each of lateMs) expect(each).toBeGreaterThan(-0.001);
      for (const each of lateMs) expect(each).toBeLessThanOrEqual(2.001);
    }),
  );
});

test('a timer that was called off does not come, and the others that are due with it do', () => {
  assert(
    property(integer({ min: 0, max: 9 }), (off) => {
      const clock = createManualClock();
      const shared = withSharedTimers(clock);
      const came: number[] = [];
      const timers = Array.from({ length: 10 }, (_, index) => shared.after(9, () => came.push(index)));
      timers[off]?.cancel();
      clock.advance(100);
      expect(came).toEqual(Array.from({ length: 10 }, (_, index) => index).filter((index) => index !== off));
    }),
  );
});

test('timers that are due together take one of the clock beneath', () => {
  const clock = createManualClock();
  let set = 0;
  const counting = {
    ...clock,
    after: (delayMs: number, callback: () => void) => {
      set += 1;
      return clock.after(delayMs, callback);
    },
  };
  const shared = withSharedTimers(counting);
  for (let index = 0; index < 100; index += 1) shared.after(10, () => {}).cancel();
  expect(set).toBe(1);
});
