import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { settledWithin } from './settled-within.ts';

describe('waiting for something', () => {
  it('ends when it is settled, however', async () => {
    const clock = createManualClock();
    expect(await settledWithin(clock, 100, Promise.resolve())).toBe(true);
    expect(await settledWithin(clock, 100, Promise.reject(new Error('no')))).toBe(true);
  });

  it('ends when the time is up', async () => {
    const clock = createManualClock();
    const waiting = settledWithin(clock, 100, new Promise(() => {}));
    clock.advance(100);
    expect(await waiting).toBe(false);
  });
});
