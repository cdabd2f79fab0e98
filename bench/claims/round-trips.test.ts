import { expect, test } from 'vitest';
import { parseMetrics } from '../measure/metrics-text.ts';
import { meansBetween } from './round-trips.ts';

test('rounds are counted whatever they came to, and operations over all nodes', () => {
  const before = parseMetrics('trolley_gateway_register_rounds_total{round="prepare",outcome="won"} 5');
  const after = parseMetrics(
    [
      'trolley_gateway_register_rounds_total{round="prepare",outcome="won"} 14',
      'trolley_gateway_register_rounds_total{round="prepare",outcome="outbid"} 1',
      'trolley_gateway_register_rounds_total{round="accept",outcome="won"} 10',
      'trolley_gateway_batch_operations_sum{node="a",lane="write"} 20',
      'trolley_gateway_batch_operations_sum{node="b",lane="write"} 10',
    ].join('\n'),
  );
  expect(meansBetween(before, after, 10)).toEqual({
    looks: 0,
    prepares: 1,
    accepts: 1,
    readOperations: 0,
    writeOperations: 3,
  });
});
