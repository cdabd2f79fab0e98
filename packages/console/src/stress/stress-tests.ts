/*
 * The five stress tests: what each does, what it promises, and sizes that make sense. Pure.
 */

/** A test as it is offered. */
export interface StressTest {
  readonly test: number;
  readonly title: string;
  readonly promise: string;
  /** What the size counts. */
  readonly unit: string;
  readonly sizeMax: number;
  /** Enough to see it at work, in about ten seconds. */
  readonly quickSize: number;
  /** What it takes by itself. */
  readonly fullSize: number;
  readonly workers: number;
}

export const WORKERS_MAX = 256;

export const STRESS_TESTS: readonly StressTest[] = [
  {
    test: 1,
    title: 'The same request, very fast',
    promise: 'One reservation of each item, however often and by whichever gateway it is asked for.',
    unit: 'requests',
    sizeMax: 100_000,
    quickSize: 2_000,
    fullSize: 10_000,
    workers: 32,
  },
  {
    test: 2,
    title: 'Random requests of several clients',
    promise: 'Every item has at most one holder, and every success that a client saw is there.',
    unit: 'requests',
    sizeMax: 100_000,
    quickSize: 1_000,
    fullSize: 10_000,
    workers: 16,
  },
  {
    test: 3,
    title: 'Two clients take everything at once',
    promise: 'Every item is taken once, and neither client gets less than a third.',
    unit: 'items',
    sizeMax: 10_000,
    quickSize: 240,
    fullSize: 720,
    workers: 8,
  },
  {
    test: 4,
    title: 'Cancelling and reserving the same item',
    promise: 'Never two holders, and nothing is left hanging.',
    unit: 'rounds',
    sizeMax: 100_000,
    quickSize: 500,
    fullSize: 5_000,
    workers: 8,
  },
  {
    test: 5,
    title: 'Many reservations changed at once',
    promise: 'No reservation is lost, and none is doubled.',
    unit: 'reservations',
    sizeMax: 100_000,
    quickSize: 100,
    fullSize: 1_000,
    workers: 32,
  },
];

/** The test that a text names; the first when it names none. */
export function testIn(text: string | undefined): StressTest {
  const found = STRESS_TESTS.find(({ test }) => String(test) === text) ?? STRESS_TESTS[0];
  if (found === undefined) throw new RangeError('there are no stress tests');
  return found;
}

/** What is wrong with a whole number that was typed in; undefined when nothing is. */
export function countProblem(text: string, most: number): string | undefined {
  const isCount = /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return isCount ? undefined : `Must be a whole number from 1 to ${most.toLocaleString('en')}.`;
}
