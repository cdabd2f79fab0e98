import { describe, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

describe('systemClock', () => {
  it('tells wall-clock time and time that only goes forward', () => {
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1000);
    const before = systemClock.monotonicMs();
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });

  it('calls back once, and not when called off', async () => {
    const called: string[] = [];
    systemClock.after(1, () => called.push('called off')).cancel();
    systemClock.after(-5, () => called.push('negative'));
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    expect(called).toEqual(['negative']);
  });

  it('does not fire a timer at once whose delay is longer than Node.js takes', () => {
    vi.useFakeTimers();
    try {
      const called = vi.fn<() => void>();
      const timer = systemClock.after(Number.POSITIVE_INFINITY, called);
      vi.advanceTimersByTime(86_400_000);
      expect(called).not.toHaveBeenCalled();
      timer.cancel();
    } finally {
      vi.useRealTimers();
    }
  });
});
