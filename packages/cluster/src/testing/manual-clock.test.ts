import { expect, it } from 'vitest';
import { createManualClock } from './manual-clock.ts';

it('runs timers in the order of their time, also those that timers start', () => {
  const clock = createManualClock(1000);
  const seen: string[] = [];
  clock.after(20, () => seen.push(`late at ${clock.nowMs()}`));
  clock.after(10, () => {
    seen.push(`early at ${clock.nowMs()}`);
    clock.after(5, () => seen.push(`nested at ${clock.monotonicMs()}`));
  });
  clock.after(12, () => seen.push('called off')).cancel();
  clock.advance(20);
  expect(seen).toEqual(['early at 1010', 'nested at 15', 'late at 1020']);
  expect(clock.monotonicMs()).toBe(20);
});
