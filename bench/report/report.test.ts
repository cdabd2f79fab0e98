import { expect, test } from 'vitest';
import type { Pair } from '../benchmark.ts';
import type { PartResult } from '../measure/part.ts';
import { ADD_TO_CART, READ_USER } from '../workload.ts';
import { summaryOf } from './summary.ts';
import { reportText } from './text.ts';

function part(requestsPerSecond: number, cpu: Record<string, number | undefined>, isCounted = false): PartResult {
  const load = {
    requests: requestsPerSecond * 2,
    requestsPerSecond,
    p50Ms: 1,
    p99Ms: 4,
    failures: 0,
    generatorCpuMs: 500,
  };
  const grouping = { operationsPerReadBatch: 20, operationsPerWriteBatch: undefined, entriesPerCommit: undefined };
  return {
    load,
    warmUp: load,
    cpuMsPerThousand: cpu,
    hedgesPerThousand: isCounted ? 0 : undefined,
    grouping: isCounted ? grouping : undefined,
  };
}

function pair(call: Pair['call'], trolley: number, bare: number): Pair {
  return {
    call,
    trolley: part(trolley, { gateway: 100, 'node-1': 20 }, true),
    bare: part(bare, { 'bare hono': 30 }),
  };
}

test('a round on a slow machine does not change the ratio', () => {
  const pairs = [pair(READ_USER, 500, 1_000), pair(READ_USER, 50, 100), pair(READ_USER, 510, 1_000)];
  const [summary] = summaryOf(pairs);
  expect(summary?.throughputRatio).toBe(0.5);
  expect(summary?.trolley.requestsPerSecond).toBe(500);
  expect(summary?.trolley.generatorCores).toBe(0.25);
  expect(summary?.cpuRatio).toBe(4);
});

test('calls are summed up apart, in the order in which they were measured', () => {
  const pairs = [pair(ADD_TO_CART, 100, 1_000), pair(READ_USER, 500, 1_000)];
  expect(summaryOf(pairs).map(({ call, throughputRatio }) => [call, throughputRatio])).toEqual([
    ['POST /addtocart', 0.1],
    ['GET /user', 0.5],
  ]);
});

test('processor time that is not known of one process is not known of all', () => {
  const trolley = part(100, { gateway: 100, 'node-1': undefined });
  const [summary] = summaryOf([{ ...pair(READ_USER, 100, 100), trolley }]);
  expect(summary?.cpuRatio).toBeUndefined();
  expect(summary?.trolley.cpuMsPerThousand).toEqual({ gateway: 100, 'node-1': undefined });
});

test('the report says what made the load, and wrong answers above all', () => {
  const setting = {
    when: '2026-01-01T00:00:00Z',
    machine: 'a machine',
    loadBefore: 1.25,
    generator: 'built-in',
    options: { seconds: 2, connections: 64, rounds: 1 },
  } as const;
  const counters = {
    readBatches: 0,
    readOperations: 0,
    writeBatches: 0,
    writeOperations: 0,
    hedges: 0,
    coordinatorFallbacks: 0,
    commits: 0,
    committedEntries: 0,
    additions: 12,
    additionsRefused: 0,
  };
  const pairs = [pair(READ_USER, 500, 1_000)];
  const result = { durableWriteMs: 0.5, pairs, counters, complaints: [] };
  const text = reportText(setting, summaryOf(pairs), result);
  expect(text).toContain('apt-get install wrk');
  expect(text).toContain('a load of 1.3');
  expect(text).toContain('read lane 20.0, write lane -');
  expect(text).toContain('12 additions acknowledged, and as many units in the carts');
  const wrong = reportText(setting, summaryOf(pairs), { ...result, complaints: ['3 requests failed'] });
  expect(wrong).toContain('WRONG ANSWERS: 3 requests failed');
});
