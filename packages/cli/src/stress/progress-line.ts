/*
 * How far a stress test is, in one line: a bar, the rate, and the latencies of late. Pure.
 */
import { isUnknown, type Operation } from './history.ts';
import { summariseLatencies } from './latencies.ts';
import type { StressPlan } from './stress-plan.ts';

const BAR_LENGTH = 24;
/** The latest requests, whose latencies are shown. */
const WINDOW = 1_000;

export type RunProgress =
  | { readonly kind: 'chore'; readonly doing: string; readonly done: number; readonly total: number }
  | {
      readonly kind: 'load';
      readonly plan: StressPlan;
      readonly done: number;
      readonly elapsedMs: number;
      readonly history: readonly Operation[];
    };

/** The line. */
export function progressLine(progress: RunProgress): string {
  if (progress.kind === 'chore') {
    const { doing, done, total } = progress;
    return `${bar(done / total)} ${doing}: ${done} of ${total}`;
  }
  const { plan, done, elapsedMs, history } = progress;
  const recent = history.slice(-WINDOW);
  const { p50Ms, p99Ms } = summariseLatencies(recent.map(({ startMs, endMs }) => endMs - startMs));
  const unknown = recent.filter(isUnknown).length;
  const parts = [
    `${bar(done / plan.steps)} Test ${plan.test}: ${done} of ${plan.steps}`,
    `${Math.round(perSecond(history.length, elapsedMs))}/s`,
    `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    ...(unknown === 0 ? [] : [`${unknown} unknown of late`]),
  ];
  return parts.join('  ');
}

/** A rate; 0 when no time has passed. */
export function perSecond(count: number, elapsedMs: number): number {
  return elapsedMs > 0 ? (count * 1_000) / elapsedMs : 0;
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_LENGTH);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_LENGTH - full)}]`;
}
