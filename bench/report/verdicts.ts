/*
 * What is wanted of the system beside the others, as ratios, and whether a run met it. Pure.
 */
import type { PartResult } from '../measure/part.ts';
import { medianOf } from './statistics.ts';
import { ratiosWithinRounds, totalCpu, type LoadChoice } from './summary.ts';

type Figure = 'throughput' | 'processor time' | 'p99';

/** A ratio that is wanted: a figure of Trolley divided by the same of another system in the same round. */
interface Wanted {
  readonly what: string;
  readonly beside: string;
  readonly load: LoadChoice;
  readonly figure: Figure;
  /** More is better for throughput, less for the other figures. */
  readonly bound: number;
}

const POST: LoadChoice = { mix: 'post', connections: 64 };
const GET: LoadChoice = { mix: 'get', connections: 64 };

/** All that is wanted. */
const WANTED: readonly Wanted[] = [
  { what: 'POST, 64 connections', beside: 'redis-wait', load: POST, figure: 'throughput', bound: 1.8 },
  {
    what: 'POST, 8 connections',
    beside: 'redis-wait',
    load: { mix: 'post', connections: 8 },
    figure: 'throughput',
    bound: 1.1,
  },
  { what: 'POST, 64 connections', beside: 'redis-gathered', load: POST, figure: 'throughput', bound: 0.8 },
  { what: 'POST, 64 connections', beside: 'postgres', load: POST, figure: 'throughput', bound: 4 },
  { what: 'POST, 64 connections', beside: 'etcd', load: POST, figure: 'throughput', bound: 10 },
  { what: 'CPU for a POST, all processes', beside: 'redis-wait', load: POST, figure: 'processor time', bound: 0.55 },
  { what: 'GET, 64 connections', beside: 'redis', load: GET, figure: 'throughput', bound: 1.1 },
  { what: 'GET, 64 connections', beside: 'bare-hono', load: GET, figure: 'throughput', bound: 0.65 },
  {
    what: 'half and half, 64 connections',
    beside: 'redis-wait',
    load: { mix: 'half', connections: 64 },
    figure: 'throughput',
    bound: 1.5,
  },
  {
    what: 'p99 of POST at half of its own peak rate',
    beside: 'redis-wait',
    load: { ...POST, isAtFixedRate: true },
    figure: 'p99',
    bound: 1,
  },
];

/** What came of something that is wanted. */
export interface Verdict extends Wanted {
  readonly outcome: 'met' | 'not met' | 'not measured';
  /** The median over the rounds; undefined when it was not measured. */
  readonly ratio: number | undefined;
  readonly ratios: readonly number[];
}

/** Judges all that is wanted by what was measured. */
export function verdictsOn(parts: readonly PartResult[]): readonly Verdict[] {
  return WANTED.map((wanted) => {
    const { load, beside, figure, bound } = wanted;
    const ratios = ratiosWithinRounds(parts, load, ['trolley', beside], FIGURES[figure]);
    if (ratios.length === 0) return { ...wanted, outcome: 'not measured', ratio: undefined, ratios };
    const ratio = medianOf(ratios);
    const isMet = figure === 'throughput' ? ratio >= bound : ratio <= bound;
    return { ...wanted, outcome: isMet ? 'met' : 'not met', ratio, ratios };
  });
}

const FIGURES: Readonly<Record<Figure, (part: PartResult) => number | undefined>> = {
  throughput: ({ load }) => load.requestsPerSecond,
  'processor time': totalCpu,
  p99: ({ load }) => load.p99Ms,
};
