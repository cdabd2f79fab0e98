/*
 * What the benchmark of scale brought, as text: what was measured, the model fitted to it, what that says of larger
 * clusters, and what a gateway keeps and does for them. Pure.
 */
import { medianOf } from '../report/statistics.ts';
import { shown, table } from '../report/table.ts';
import { MIX_TITLES, type Mix } from '../workload.ts';
import type { ScalePart, ScaleResult } from './benchmark.ts';
import { assumptionsOf, cpuOf, messagesOf, samplesOf } from './costs.ts';
import type { LargeGatewayFigures } from './large-gateway.ts';
import type { LargeRegistryFigures } from './large-registry.ts';
import { fitCosts, project, type Assumptions, type CostModel, type Projection } from './model.ts';

const PROJECTED = [3, 10, 100, 1_000];

/** One load on one shape, all rounds: medians. */
export interface ScaleSummary {
  readonly gateways: number;
  readonly nodes: number;
  readonly mix: Mix;
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** For a thousand requests: of all gateways, of all nodes, of all together. */
  readonly gatewayCpuMs: number;
  readonly nodesCpuMs: number;
  readonly cpuMs: number;
  /** Processor time for a request, as a multiple of that of the first shape. */
  readonly cpuRatio: number;
  readonly messages: number;
}

/** A model of one mix, and what it says. */
export interface MixProjection {
  readonly mix: Mix;
  readonly model: CostModel;
  readonly assumptions: Omit<Assumptions, 'pollingMs'>;
  readonly projections: readonly Projection[];
}

/** Sums up the parts, for each load and shape. */
export function scaleSummaries(parts: readonly ScalePart[]): readonly ScaleSummary[] {
  const keys = [...new Set(parts.map(keyOf))];
  const all = keys.map((key) => summaryOf(parts.filter((part) => keyOf(part) === key)));
  return all
    .toSorted((a, b) => a.mix.localeCompare(b.mix) * -1 || b.connections - a.connections)
    .map((summary) => {
      const first = all.find(({ mix, connections }) => mix === summary.mix && connections === summary.connections);
      return { ...summary, cpuRatio: summary.cpuMs / (first?.cpuMs ?? Number.NaN) };
    });
}

/** Fits and projects every mix that was measured. */
export function projectionsOf({ parts, gateways }: ScaleResult): readonly MixProjection[] {
  return [...new Set(parts.map(({ part }) => part.mix))].flatMap((mix) => {
    const samples = samplesOf(parts, mix);
    if (samples.length === 0) return [];
    const model = fitCosts(samples);
    const { pollingMs, ...assumptions } = assumptionsOf(parts, mix, gateways);
    const projections = PROJECTED.map((nodes) => project(model, nodes, { ...assumptions, pollingMs }));
    return [{ mix, model, assumptions, projections }];
  });
}

/** The whole report. */
export function scaleReport(result: ScaleResult): string {
  const { complaints, gateways, registries } = result;
  return [
    'measured, all processes on the cores of this machine',
    ...table([
      [
        '',
        'gateways',
        'nodes',
        'connections',
        'req/s',
        'p50 ms',
        'p99 ms',
        'CPU ms / 1,000',
        'of the first',
        'messages',
      ],
      ...scaleSummaries(result.parts).map(summaryRow),
    ]),
    '',
    ...projectionsOf(result).flatMap((projection) => [...projectionText(projection), '']),
    'a gateway of so many registered nodes, to which nobody talks',
    ...table([
      [
        'nodes',
        'state MB',
        'map kB',
        'parse ms',
        'messages/s',
        'cores',
        'hold ms',
        '/cluster ms',
        'new map ms',
        'node down ms',
        'place us',
      ],
      ...gateways.map(gatewayRow),
    ]),
    '',
    'the embedded registry with so many registrations, each renewed and followed',
    ...table([
      ['nodes', 'cores', 'view kB', 'a change: CPU ms', 'heard by all after ms'],
      ...registries.map(registryRow),
    ]),
    '',
    complaints.length > 0
      ? `WRONG ANSWERS: ${complaints.join('; ')}`
      : 'answers: as many units in the carts as were acknowledged',
  ].join('\n');
}

function keyOf({ shape, part }: ScalePart): string {
  return [shape.gateways, shape.nodes, part.mix, part.connections].join(' ');
}

function summaryOf(parts: readonly ScalePart[]): ScaleSummary {
  const [first] = parts;
  if (first === undefined) throw new RangeError('there is no summary of nothing');
  const median = (figure: (part: ScalePart['part']) => number) => medianOf(parts.map(({ part }) => figure(part)));
  const [gatewayCpuMs, nodesCpuMs] = [median((part) => cpuOf(part, 'gateway')), median((part) => cpuOf(part, 'node'))];
  return {
    ...first.shape,
    mix: first.part.mix,
    connections: first.part.connections,
    requestsPerSecond: median(({ load }) => load.requestsPerSecond),
    p50Ms: median(({ load }) => load.p50Ms),
    p99Ms: median(({ load }) => load.p99Ms),
    gatewayCpuMs,
    nodesCpuMs,
    cpuMs: gatewayCpuMs + nodesCpuMs,
    cpuRatio: 1,
    messages: median(messagesOf),
  };
}

function summaryRow(summary: ScaleSummary): readonly string[] {
  const { mix, gateways, nodes, connections, requestsPerSecond, p50Ms, p99Ms, cpuMs, cpuRatio, messages } = summary;
  const cpu = `${shown(cpuMs, 0)}: gateways ${shown(summary.gatewayCpuMs, 0)}, nodes ${shown(summary.nodesCpuMs, 0)}`;
  return [
    MIX_TITLES[mix],
    String(gateways),
    String(nodes),
    String(connections),
    shown(requestsPerSecond, 0),
    shown(p50Ms, 2),
    shown(p99Ms, 2),
    cpu,
    shown(cpuRatio, 2),
    shown(messages, 2),
  ];
}

function projectionText({ mix, model, assumptions, projections }: MixProjection): readonly string[] {
  const { gateway, nodes } = model;
  return [
    `${MIX_TITLES[mix]}, projected: each process on a core of its own, used to ${shown(assumptions.utilisation * 100, 0)} %`,
    `  gateway: ${shown(gateway.own, 3)} ms + ${shown(gateway.message, 3)} ms a message (off by ${shown(gateway.error * 100, 0)} %)`,
    `  all nodes: ${shown(nodes.own, 3)} ms + ${shown(nodes.message, 3)} ms a message (off by ${shown(nodes.error * 100, 0)} %)`,
    `  ${shown(assumptions.operations, 1)} operations for a request; a message and its answer take ${shown(assumptions.messageTimeMs, 1)} ms`,
    ...table([
      ['nodes', 'a gateway takes', 'messages', 'all nodes take', 'gateways for that', 'connections of a node'],
      ...projections.map((each) => [
        shown(each.nodes, 0),
        `${shown(each.perGateway, 0)}/s`,
        shown(each.messages, 2),
        `${shown(each.byNodes, 0)}/s`,
        shown(each.gatewaysNeeded, 0),
        shown(each.connectionsOfNode, 0),
      ]),
    ]),
  ];
}

function gatewayRow(figures: LargeGatewayFigures): readonly string[] {
  return [
    shown(figures.nodes, 0),
    shown(figures.stateBytes / 1e6, 1),
    shown(figures.mapBytes / 1e3, 1),
    shown(figures.parseMapMs, 2),
    shown(figures.messagesPerSecond, 0),
    shown(figures.idleCores, 3),
    shown(figures.longestHoldMs, 0),
    shown(figures.overviewMs, 1),
    shown(figures.changeMs, 0),
    shown(figures.nodeDownMs, 1),
    shown(figures.placeKeyUs, 2),
  ];
}

function registryRow(figures: LargeRegistryFigures): readonly string[] {
  return [
    shown(figures.nodes, 0),
    shown(figures.idleCores, 3),
    shown(figures.viewBytes / 1e3, 1),
    shown(figures.changeCpuMs, 0),
    shown(figures.changeHeardMs, 0),
  ];
}
