import { array, assert, double, property } from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyWindow } from './latency-window.ts';

test('the p99 is that of the latest 256 latencies, looked at after each 64', () => {
  assert(
    property(array(double({ min: 0, max: 1_000, noNaN: true }), { maxLength: 700 }), (latenciesMs) => {
      const window = new LatencyWindow(100);
      for (const latencyMs of latenciesMs) window.record(latencyMs);
      const looked = latenciesMs.slice(0, latenciesMs.length - (latenciesMs.length % 64)).slice(-256);
      const sorted = looked.toSorted((a, b) => a - b);
      expect(window.p99Ms).toBe(sorted[Math.ceil(looked.length * 0.99) - 1] ?? 100);
    }),
  );
});
