import { expect, test } from 'vitest';
import { partOf } from '../testing.ts';
import type { ScalePart, ScaleResult } from './benchmark.ts';
import type { LargeGatewayFigures } from './large-gateway.ts';
import { projectionsOf, scaleReport, scaleSummaries } from './report.ts';

/** Costs 0.1 ms and 0.05 ms a message in the gateways, twice that in the nodes. */
function measured(shape: ScalePart['shape'], connections: number, messages: number): ScalePart {
  const perThousand = 100 + 50 * messages;
  const part = partOf({ connections }, 1_000, {
    cpu: { gateway: perThousand / 2, 'gateway-2': perThousand / 2, 'node-1': perThousand, 'node-2': perThousand },
  });
  const batches = (messages * part.load.requests) / 2;
  const grouping = {
    readBatches: batches,
    writeBatches: batches,
    commits: 1,
    operationsPerReadBatch: 5 / messages,
    operationsPerWriteBatch: 5 / messages,
    entriesPerCommit: 1,
  };
  return { shape, part: { ...part, grouping } };
}

const figures: LargeGatewayFigures = {
  nodes: 1_000,
  pgCount: 4_096,
  mapBytes: 59_000,
  parseMapMs: 0.7,
  stateBytes: 12_700_000,
  messagesPerSecond: 200,
  idleCores: 0.03,
  longestHoldMs: 9,
  overviewMs: 20,
  placeAllMs: 1,
  placeChangedMs: 1,
  placeKeyUs: 0.2,
  changeMs: 100,
  nodeDownMs: 1,
  gainedGroups: 14,
};
const [small, large] = [
  { gateways: 1, nodes: 3 },
  { gateways: 2, nodes: 9 },
];
const result: ScaleResult = {
  parts: [measured(small, 64, 1), measured(small, 8, 4), measured(large, 64, 2)],
  gateways: [figures],
  registries: [{ nodes: 1_000, idleCores: 0.07, changeHeardMs: 200, changeCpuMs: 150, viewBytes: 105_063 }],
  complaints: [],
};

test('processor time is compared with that of the first shape under the same load', () => {
  const summaries = scaleSummaries(result.parts);
  expect(
    summaries.map(({ nodes, connections, cpuRatio }) => [nodes, connections, Number(cpuRatio.toFixed(2))]),
  ).toEqual([
    [3, 64, 1],
    [9, 64, 1.33],
    [3, 8, 1],
  ]);
});

test('the model finds the costs again, and projects with them', () => {
  const [projection] = projectionsOf(result);
  expect(projection?.model.gateway.own).toBeCloseTo(0.1);
  expect(projection?.model.nodes.message).toBeCloseTo(0.1);
  expect(projection?.assumptions.operations).toBeCloseTo(5);
  expect(projection?.projections.map(({ nodes }) => nodes)).toEqual([3, 10, 100, 1_000]);
});

test('the report says what was measured, projected and simulated, and whether answers were right', () => {
  const text = scaleReport(result);
  for (const words of [
    /POST \/addtocart +2 +9 +64 +1,000 /,
    /gateway: 0\.100 ms \+ 0\.050 ms a message \(off by 0 %\)/,
    /1,000 +12\.7 +59\.0 +0\.70 +200/,
    /1,000 +0\.070 +105\.1 +150 +200/,
    'as many units in the carts as were acknowledged',
  ]) {
    expect(text).toMatch(words);
  }
  expect(scaleReport({ ...result, complaints: ['trolley: 1 requests failed'] })).toContain('WRONG ANSWERS: trolley: 1');
});
