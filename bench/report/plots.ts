/*
 * The plots of a run: throughput, latency and processor time of the systems, and latency at the same rate. Pure.
 */
import { MIX_TITLES } from '../workload.ts';
import { barChartSvg, type BarChart } from './bar-chart.ts';
import type { LoadSummary, PartSummary } from './summary.ts';

const THROUGHPUT_AXIS = 'requests answered in a second';
const LATENCY_AXIS = 'milliseconds from request to answer';
const CPU_AXIS = 'milliseconds of processor time for 1,000 requests';
/** What stands in front of the store, by the names of the processes. */
const FRONT = ['gateway', 'handler'];

/** The plots by the names of their files. */
export function plotsOf(summaries: readonly LoadSummary[]): Readonly<Record<string, string>> {
  const plots: [name: string, chart: BarChart][] = [];
  const atFullRate = summaries.filter(({ isAtFixedRate }) => !isAtFixedRate);
  const connections = [...new Set(atFullRate.map((load) => load.connections))];
  for (const count of connections) {
    const loads = atFullRate.filter((load) => load.connections === count);
    plots.push([`throughput-${count}.svg`, throughputChart(loads, count)]);
    for (const load of loads) {
      const title = `${MIX_TITLES[load.mix]}, ${count} connections`;
      plots.push([`latency-${load.mix}-${count}.svg`, latencyChart(load, title)]);
      plots.push([`processor-time-${load.mix}-${count}.svg`, cpuChart(load, title)]);
    }
  }
  for (const load of summaries.filter(({ isAtFixedRate }) => isAtFixedRate)) {
    const title = `${MIX_TITLES[load.mix]} at half of the rate that Trolley takes at most`;
    plots.push([`latency-at-the-same-rate.svg`, latencyChart(load, title)]);
  }
  return Object.fromEntries(plots.map(([name, chart]) => [name, barChartSvg(chart)]));
}

function throughputChart(loads: readonly LoadSummary[], connections: number): BarChart {
  const systems = [...new Set(loads.flatMap((load) => load.systems.map(({ system }) => system)))];
  return {
    title: `Throughput at ${connections} connections`,
    axis: THROUGHPUT_AXIS,
    series: loads.map(({ mix }) => MIX_TITLES[mix]),
    groups: systems.map((label) => ({
      label,
      values: loads.map((load) => load.systems.find(({ system }) => system === label)?.requestsPerSecond),
    })),
    arrangement: 'beside each other',
  };
}

function latencyChart({ systems }: LoadSummary, title: string): BarChart {
  return {
    title: `Latency: ${title}`,
    axis: LATENCY_AXIS,
    series: ['p50', 'p99'],
    groups: systems.map(({ system, p50Ms, p99Ms }) => ({ label: system, values: [p50Ms, p99Ms] })),
    arrangement: 'beside each other',
  };
}

function cpuChart({ systems }: LoadSummary, title: string): BarChart {
  return {
    title: `Processor time: ${title}`,
    axis: CPU_AXIS,
    series: ['gateway or handler', 'everything behind it'],
    groups: systems.map((summary) => ({ label: summary.system, values: frontAndBehind(summary) })),
    arrangement: 'stacked',
  };
}

function frontAndBehind({ cpuMsPerThousand, totalCpuMsPerThousand }: PartSummary): readonly (number | undefined)[] {
  const front = Object.entries(cpuMsPerThousand).find(([name]) => FRONT.includes(name))?.[1];
  if (front === undefined || totalCpuMsPerThousand === undefined) return [undefined, undefined];
  return [front, totalCpuMsPerThousand - front];
}
