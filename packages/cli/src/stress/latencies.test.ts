import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { summariseLatencies } from './latencies.ts';

test('percentiles are by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(summariseLatencies(hundred)).toEqual({
    count: 100,
    p50Ms: 50,
    p90Ms: 90,
    p99Ms: 99,
    p999Ms: 100,
    maxMs: 100,
  });
  expect(summariseLatencies([])).toMatchObject({ count: 0, p50Ms: 0, maxMs: 0 });
  expect(summariseLatencies([2.345])).toMatchObject({ p50Ms: 2.35, p999Ms: 2.35 });
});

test('each share of the times is at or below its percentile', () => {
  assert(
    property(array(integer({ min: 0, max: 1_000 }), { minLength: 1 }), (times) => {
      const { p90Ms } = summariseLatencies(times);
      expect(times.filter((time) => time <= p90Ms).length).toBeGreaterThanOrEqual(0.9 * times.length);
      expect(times.filter((time) => time < p90Ms).length).toBeLessThan(0.9 * times.length);
    }),
  );
});
