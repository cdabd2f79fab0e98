/*
 * What measured parts say of costs: samples for the model, and what it assumes. Pure.
 */
import type { PartResult } from '../measure/part.ts';
import { medianOf } from '../report/statistics.ts';
import type { Mix } from '../workload.ts';
import type { ScalePart } from './benchmark.ts';
import type { LargeGatewayFigures } from './large-gateway.ts';
import type { Assumptions, CostSample } from './model.ts';

/** Share of a core that a process may use in the long run. */
const UTILISATION = 0.8;
/** Nodes that a gateway asks in a second at most. */
const ASKED_MAX = 200;

/** Processor time for a thousand requests of all processes whose name begins with this, in milliseconds. */
export function cpuOf({ cpuMsPerThousand }: PartResult, name: 'gateway' | 'node'): number {
  return Object.entries(cpuMsPerThousand)
    .filter(([process]) => process.startsWith(name))
    .reduce((sum, [, value]) => sum + (value ?? Number.NaN), 0);
}

/** Messages to nodes for a request. */
export function messagesOf({ grouping, load }: PartResult): number {
  return ((grouping?.readBatches ?? 0) + (grouping?.writeBatches ?? 0)) / load.requests;
}

/** The samples of a mix; those without processor time are left out. */
export function samplesOf(parts: readonly ScalePart[], mix: Mix): readonly CostSample[] {
  return parts
    .filter(({ part }) => part.mix === mix)
    .map(({ part }) => ({
      messages: messagesOf(part),
      gatewayMs: cpuOf(part, 'gateway') / 1_000,
      nodesMs: cpuOf(part, 'node') / 1_000,
    }))
    .filter(({ gatewayMs, nodesMs }) => Number.isFinite(gatewayMs) && Number.isFinite(nodesMs));
}

/** What is assumed of clusters that are projected; the rest of it is told with the projections. */
export function assumptionsOf(
  parts: readonly ScalePart[],
  mix: Mix,
  gateways: readonly LargeGatewayFigures[],
): Assumptions {
  const busiest = Math.max(...parts.map(({ part }) => part.connections));
  const busy = parts.filter(({ part }) => part.mix === mix && part.connections === busiest);
  const lanes = mix === 'get' ? 1 : 2;
  return {
    operations: medianOf(busy.map(({ part }) => operationsOf(part))),
    messageTimeMs: medianOf(busy.map((each) => messageTimeMs(each, lanes))),
    utilisation: UTILISATION,
    lanes,
    pollingMs: pollingBy(gateways),
  };
}

function operationsOf({ grouping, load }: PartResult): number {
  const reads = (grouping?.readBatches ?? 0) * (grouping?.operationsPerReadBatch ?? 0);
  const writes = (grouping?.writeBatches ?? 0) * (grouping?.operationsPerWriteBatch ?? 0);
  return (reads + writes) / load.requests;
}

/** A lane that is never idle makes one message after the other. */
function messageTimeMs({ shape, part }: ScalePart, lanes: number): number {
  const seconds = part.load.requests / part.load.requestsPerSecond;
  return (1_000 * seconds * lanes * shape.nodes * shape.gateways) / (messagesOf(part) * part.load.requests);
}

function pollingBy(gateways: readonly LargeGatewayFigures[]): Assumptions['pollingMs'] {
  const bySize = gateways.toSorted((a, b) => a.nodes - b.nodes);
  const [smallest, largest] = [bySize.at(0), bySize.at(-1)];
  if (smallest === undefined || largest === undefined) return () => 0;
  const more = largest.messagesPerSecond - smallest.messagesPerSecond;
  const perMessage = more === 0 ? 0 : Math.max(0, largest.idleCores - smallest.idleCores) / more;
  return (nodes) => 1_000 * (smallest.idleCores + perMessage * Math.min(nodes, ASKED_MAX));
}
