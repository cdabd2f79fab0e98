import { assert, array, constantFrom, double, oneof, property, tuple } from 'fast-check';
import { Counter, Histogram, Registry, type Metric } from 'prom-client';
import { expect, test } from 'vitest';
import { PlainCounter, PlainHistogram } from './plain-metrics.ts';

const LABELS = { name: 'a_metric', help: 'What it counts', labelNames: ['lane', 'node'] } as const;
const BUCKETS = [0.5, 1, 5];

const labelled = tuple(
  constantFrom('read', 'write'),
  constantFrom('node-1', 'a "b"\n\\c'),
  oneof(constantFrom(0, ...BUCKETS), double({ min: 0, max: 10, noNaN: true })),
);

function registryOf(metric: unknown): Registry {
  const registry = new Registry();
  registry.registerMetric(metric as Metric);
  return registry;
}

test('a counter is read as one of prom-client', async () => {
  const model = new Counter({ ...LABELS, registers: [] });
  const plain = new PlainCounter(LABELS);
  for (const [count, lane, node] of [
    [1, 'read', 'node-1'],
    [2, 'write', 'node-1'],
    [0, 'write', 'node-2'],
    [3, 'read', 'node-1'],
  ] as const) {
    model.inc({ lane, node }, count);
    plain.add(count, lane, node);
  }
  expect(await registryOf(plain).metrics()).toBe(await registryOf(model).metrics());
});

test('a histogram is read as one of prom-client, whatever it has seen', async () => {
  const texts: Promise<readonly [string, string]>[] = [];
  assert(
    property(array(labelled), (observations) => {
      const model = new Histogram({ ...LABELS, buckets: BUCKETS, registers: [] });
      const plain = new PlainHistogram({ ...LABELS, buckets: BUCKETS });
      for (const [lane, node, value] of observations) {
        model.observe({ lane, node }, value);
        plain.observe(value, lane, node);
      }
      texts.push(Promise.all([registryOf(plain).metrics(), registryOf(model).metrics()]));
    }),
  );
  for (const [plain, model] of await Promise.all(texts)) expect(plain).toBe(model);
});

test('without labels it is there before anything was counted', async () => {
  const { name, help } = LABELS;
  const models = [
    new Counter({ name, help, registers: [] }),
    new Histogram({ name, help, buckets: BUCKETS, registers: [] }),
  ];
  const plain = [new PlainCounter({ name, help }), new PlainHistogram({ name, help, buckets: BUCKETS })];
  const texts = await Promise.all(models.map((model) => registryOf(model).metrics()));
  expect(await Promise.all(plain.map((metric) => registryOf(metric).metrics()))).toEqual(texts);
});

test('a value for each label is wanted', () => {
  expect(() => new PlainCounter(LABELS).add(1, 'read')).toThrow(RangeError);
});
