import { expect, test } from 'vitest';
import { partOf } from '../testing.ts';
import { verdictsOn } from './verdicts.ts';

const of = (parts: Parameters<typeof verdictsOn>[0], what: string, beside: string) =>
  verdictsOn(parts).find((verdict) => verdict.what === what && verdict.beside === beside);

test('more is better for throughput; the median of the ratios within rounds decides', () => {
  const parts = [1, 2, 3].flatMap((round) => [
    // The second round is one on a slow machine; the third is unlucky for one side.
    partOf({ system: 'trolley', round }, round === 2 ? 190 : 2_000),
    partOf({ system: 'redis-wait', round }, [1_000, 100, 2_000][round - 1] ?? 0),
  ]);
  const verdict = of(parts, 'POST, 64 connections', 'redis-wait');
  expect(verdict).toMatchObject({ outcome: 'met', ratio: 1.9, ratios: [2, 1.9, 1] });
});

test('less is better for processor time, of all processes together', () => {
  const redis = partOf({ system: 'redis-wait' }, 1, { cpu: { handler: 100, primary: 100 } });
  const verdict = (gateway: number) =>
    of(
      [partOf({ system: 'trolley' }, 1, { cpu: { gateway, 'node-1': 20 } }), redis],
      'CPU for a POST, all processes',
      'redis-wait',
    );
  expect(verdict(90)).toMatchObject({ outcome: 'met', ratio: 0.55 });
  expect(verdict(92)).toMatchObject({ outcome: 'not met' });
});

test('latency is compared at the fixed rate alone', () => {
  const parts = [
    partOf({ system: 'trolley' }, 1, { p99Ms: 9 }),
    partOf({ system: 'redis-wait' }, 1, { p99Ms: 1 }),
    partOf({ system: 'trolley', rate: 500 }, 1, { p99Ms: 2 }),
    partOf({ system: 'redis-wait', rate: 500 }, 1, { p99Ms: 4 }),
  ];
  expect(of(parts, 'p99 of POST at half of its own peak rate', 'redis-wait')).toMatchObject({
    outcome: 'met',
    ratio: 0.5,
  });
});

test('what was left out is not measured, and not met', () => {
  const verdicts = verdictsOn([partOf({ system: 'trolley' }, 1)]);
  expect(new Set(verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['not measured']));
  expect(
    of([partOf({}, 1), partOf({ system: 'etcd' }, 1, { cpu: { handler: undefined } })], 'POST, 64 connections', 'etcd'),
  ).toMatchObject({ outcome: 'not met', ratio: 1 });
});
