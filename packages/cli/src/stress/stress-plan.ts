/*
 * What each of the five stress tests is: its promise, its sizes, and the items and people that it makes for itself.
 * Pure.
 */

import type { StressTest, StressWish } from '@trolley/cluster';

/** Changes of each reservation in test 5, on average. */
const CHANGES_EACH = 5;

interface Outline {
  readonly title: string;
  readonly promise: string;
  /** What the size counts. */
  readonly unit: string;
  readonly defaultSize: number;
  readonly defaultWorkers: number;
  readonly items: (size: number) => number;
  readonly people: (size: number, workers: number) => number;
  /** How many requests there will be, for the progress. */
  readonly steps: (size: number) => number;
}

const OUTLINES: Readonly<Record<StressTest, Outline>> = {
  1: {
    title: 'The same request, very fast',
    promise: 'one reservation of each item, however often and by whichever gateway it is asked for',
    unit: 'requests',
    defaultSize: 10_000,
    defaultWorkers: 32,
    items: () => 2,
    people: () => 1,
    steps: (size) => size,
  },
  2: {
    title: 'Random requests of several clients',
    promise: 'every item has at most one holder, and every success that a client saw is there',
    unit: 'requests',
    defaultSize: 10_000,
    defaultWorkers: 16,
    items: (size) => Math.min(500, Math.max(10, Math.ceil(size / 20))),
    people: (_, workers) => workers,
    steps: (size) => size,
  },
  3: {
    title: 'Two clients take everything at once',
    promise: 'every item is taken once, and neither client gets less than a third',
    unit: 'items',
    defaultSize: 720,
    defaultWorkers: 8,
    items: (size) => size,
    people: () => 2,
    steps: (size) => 2 * size,
  },
  4: {
    title: 'Cancelling and reserving the same item',
    promise: 'never two holders, and nothing is left hanging',
    unit: 'rounds',
    defaultSize: 5_000,
    defaultWorkers: 8,
    items: () => 1,
    people: (_, workers) => workers,
    steps: (size) => size,
  },
  5: {
    title: 'Many reservations changed at once',
    promise: 'no reservation is lost, and none is doubled',
    unit: 'reservations',
    defaultSize: 1_000,
    defaultWorkers: 32,
    items: (size) => size + Math.max(2, Math.ceil(size / 2)),
    people: (size) => Math.min(size, 50),
    steps: (size) => size * (1 + CHANGES_EACH),
  },
};

export interface StressPlan {
  readonly test: StressTest;
  readonly title: string;
  readonly promise: string;
  readonly unit: string;
  readonly size: number;
  readonly workers: number;
  /** Ids of the items, made for this run alone. */
  readonly items: readonly string[];
  /** E-mail addresses. */
  readonly people: readonly string[];
  readonly steps: number;
}

/** What a run will be, before its items and people are thought up. */
export type StressOutline = Pick<StressPlan, 'test' | 'title' | 'promise' | 'unit' | 'size' | 'workers' | 'steps'>;

/** The outline of a run. */
export function stressOutline({ test, ...wish }: StressWish): StressOutline {
  const { title, promise, unit, defaultSize, defaultWorkers, steps } = OUTLINES[test];
  const size = wish.size ?? defaultSize;
  return { test, title, promise, unit, size, workers: wish.workers ?? defaultWorkers, steps: steps(size) };
}

/** The plan of a run. @param runId what sets its items and people apart: lower-case letters, digits and dashes */
export function stressPlan(wish: StressWish, runId: string): StressPlan {
  const planned = stressOutline(wish);
  const { size, workers } = planned;
  const outline = OUTLINES[planned.test];
  const items = Array.from({ length: outline.items(size) }, (_, index) => `stress-${runId}.${numbered(index)}`);
  const people = Array.from(
    { length: outline.people(size, workers) },
    (_, index) => `stress-${runId}-${numbered(index)}@example.com`,
  );
  return { ...planned, items, people };
}

function numbered(index: number): string {
  return String(index + 1).padStart(5, '0');
}
