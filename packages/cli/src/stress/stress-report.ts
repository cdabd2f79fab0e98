/*
 * What a stress test found, for programs and for people. Pure.
 */
import type { StressFindings } from '@trolley/cluster';
import { counted } from '../printable.ts';
import { isUnknown, type Operation } from './history.ts';
import { summariseLatencies, type LatencySummary } from './latencies.ts';
import { perSecond } from './progress-line.ts';
import type { RunResult } from './run-stress.ts';
import type { StressPlan } from './stress-plan.ts';

/** A verdict that fails a thousand times over is told in so many sentences. */
const VIOLATIONS_SHOWN = 20;

export interface StressReport {
  readonly test: number;
  readonly title: string;
  readonly promise: string;
  readonly size: number;
  readonly unit: string;
  readonly workers: number;
  readonly gateways: readonly string[];
  readonly items: number;
  readonly seconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Requests by what became of them. */
  readonly outcomes: StressFindings['outcomes'];
  readonly latency: LatencySummary;
  readonly passed: boolean;
  readonly violationCount: number;
  readonly violations: readonly string[];
  /** Items of the test that could not be removed. */
  readonly itemsLeft: readonly string[];
}

/** The report of a run. */
export function stressReport(plan: StressPlan, gateways: readonly string[], result: RunResult): StressReport {
  const { history, durationMs, verdict, left } = result;
  const violations = verdict?.violations ?? [];
  return {
    test: plan.test,
    title: plan.title,
    promise: plan.promise,
    size: plan.size,
    unit: plan.unit,
    workers: plan.workers,
    gateways,
    items: plan.items.length,
    seconds: Math.round(durationMs) / 1_000,
    requests: history.length,
    requestsPerSecond: Math.round(perSecond(history.length, durationMs) * 10) / 10,
    outcomes: tally(history),
    latency: summariseLatencies(history.map(({ startMs, endMs }) => endMs - startMs)),
    passed: verdict?.passed === true,
    violationCount: violations.length,
    violations: violations.slice(0, VIOLATIONS_SHOWN),
    itemsLeft: left,
  };
}

function tally(history: readonly Operation[]): StressFindings['outcomes'] {
  const counts = { reserved: 0, cancelled: 0, changed: 0, looked: 0, refused: 0, unknown: 0 };
  for (const operation of history) counts[outcomeOf(operation)] += 1;
  return counts;
}

function outcomeOf(operation: Operation): keyof StressFindings['outcomes'] {
  if (isUnknown(operation)) return 'unknown';
  switch (operation.kind) {
    case 'reserve':
      return operation.reserved.length > 0 ? 'reserved' : 'refused';
    case 'cancel':
      return operation.outcome === 'done' ? 'cancelled' : 'refused';
    case 'change':
      return operation.outcome.kind === 'changed' ? 'changed' : 'refused';
    case 'look':
      return 'looked';
    default:
      return operation satisfies never;
  }
}

/** The report in lines. */
export function reportLines(report: StressReport): readonly string[] {
  const { latency, outcomes } = report;
  const told = Object.entries(outcomes).filter(([, count]) => count > 0);
  return [
    `Test ${report.test}: ${report.title}`,
    `  size        ${report.size} ${report.unit}, ${counted(report.items, 'item')}, ${counted(report.workers, 'worker')}, ${counted(report.gateways.length, 'gateway')}`,
    `  requests    ${report.requests} in ${report.seconds} s, ${report.requestsPerSecond} each second`,
    `  outcomes    ${told.map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`,
    `  latency     p50 ${latency.p50Ms} ms, p90 ${latency.p90Ms} ms, p99 ${latency.p99Ms} ms, p99.9 ${latency.p999Ms} ms, most ${latency.maxMs} ms`,
    `  verdict     ${report.passed ? 'passed' : 'FAILED'}: ${report.promise}`,
    ...report.violations.map((violation) => `  - ${violation}`),
    ...(report.violationCount > report.violations.length
      ? [`  - and ${report.violationCount - report.violations.length} more`]
      : []),
  ];
}
