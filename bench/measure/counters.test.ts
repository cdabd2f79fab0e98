import { expect, test } from 'vitest';
import { Counter, Histogram, Registry } from 'prom-client';
import { countersIn, groupingBetween } from './counters.ts';
import { parseMetrics, sumOf } from './metrics-text.ts';

const TEXT = `# HELP requests_total Requests
# TYPE requests_total counter
requests_total{method="GET",path="/a, \\"b\\" {c}"} 3
requests_total{method="POST",path="/a"} 1.5e3
requests_total_other 7
up 1
`;

test('samples are summed by name and by the labels that are asked for', () => {
  const samples = parseMetrics(TEXT);
  expect(sumOf(samples, 'requests_total')).toBe(1_503);
  expect(sumOf(samples, 'requests_total', { method: 'GET' })).toBe(3);
  expect(sumOf(samples, 'requests_total', { method: 'GET', path: '/a' })).toBe(0);
  expect(sumOf(samples, 'requests_total', { method: 'POST', path: '/a' })).toBe(1_500);
  expect(sumOf(samples, 'up')).toBe(1);
  expect(sumOf(samples, 'down')).toBe(0);
});

test('means are over what happened between two looks only', async () => {
  const gateway = new Registry();
  const node = new Registry();
  const batches = new Histogram({
    name: 'trolley_gateway_batch_operations',
    help: 'x',
    labelNames: ['node', 'lane'],
    registers: [gateway],
  });
  const commits = new Counter({ name: 'trolley_node_commits_total', help: 'x', registers: [node] });
  const entries = new Counter({ name: 'trolley_node_committed_entries_total', help: 'x', registers: [node] });
  const look = async () => countersIn(parseMetrics(await gateway.metrics()), parseMetrics(await node.metrics()));

  batches.observe({ node: 'node-1', lane: 'read' }, 100);
  commits.inc(50);
  const before = await look();
  batches.observe({ node: 'node-1', lane: 'read' }, 4);
  batches.observe({ node: 'node-2', lane: 'read' }, 8);
  commits.inc(2);
  entries.inc(30);
  expect(groupingBetween(before, await look())).toEqual({
    readBatches: 2,
    writeBatches: 0,
    commits: 2,
    operationsPerReadBatch: 6,
    operationsPerWriteBatch: undefined,
    entriesPerCommit: 15,
  });
});
