import { NodeCallError } from '@trolley/cluster';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { Replica } from './replica.ts';
import { runRound, type Answer } from './run-round.ts';

const LIMIT_MS = 100;

/** A round that is decided by the first answer, of replicas that answer `sound` after so many milliseconds. */
function round(clock: VirtualClock, delaysMs: Readonly<Record<string, number>>) {
  const over: ReadonlyMap<string, Answer<string>>[] = [];
  const verdict = runRound<string, string>({
    clock,
    limitMs: LIMIT_MS,
    replicas: Object.keys(delaysMs).map(replica),
    ask: async ({ id }) => {
      await clock.sleep(delaysMs[id] ?? 0);
      return 'sound';
    },
    judge: ({ answers, outstanding }) => {
      const answered = [...answers.values()].filter(({ type }) => type === 'answered').length;
      if (answered > 0) return 'won';
      return outstanding.size === 0 ? 'lost' : undefined;
    },
    onOver: (_verdict, answers) => void over.push(answers),
  });
  return { verdict, over };
}

function replica(id: string): Replica {
  return { id, prepare: never, accept: never, read: never };
}

async function never(): Promise<never> {
  throw new NodeCallError('INTERNAL', 'not in this test');
}

test('is decided as soon as it can be, and tells of everybody in the end', async () => {
  const clock = new VirtualClock();
  const { verdict, over } = round(clock, { a: 5, b: 50 });
  expect(await clock.run(verdict)).toBe('won');
  expect(clock.monotonicMs()).toBe(5);
  expect(over).toEqual([]);
  await clock.run(clock.sleep(60));
  expect(over).toHaveLength(1);
  expect(over[0]?.get('b')?.type).toBe('answered');
});

test('an answer after the limit counts for nothing', async () => {
  const clock = new VirtualClock();
  const { verdict, over } = round(clock, { a: 150, b: 200 });
  expect(await clock.run(verdict)).toBe('lost');
  expect(clock.monotonicMs()).toBe(LIMIT_MS);
  await clock.run(clock.sleep(200));
  expect(over).toHaveLength(1);
});

test('nor does one that a paused process reads before it looks at the time', async () => {
  let nowMs = 0;
  const timers: (() => void)[] = [];
  const asked: ((text: string) => void)[] = [];
  const verdict = runRound<string, string>({
    clock: {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      after: (_delayMs, callback) => {
        timers.push(callback);
        return { cancel: () => {} };
      },
    },
    limitMs: LIMIT_MS,
    replicas: [replica('a')],
    ask: () => new Promise((resolve) => void asked.push(resolve)),
    judge: ({ answers }) => answers.get('a')?.type,
  });
  nowMs = LIMIT_MS + 1;
  for (const answer of asked) answer('sound');
  expect(await verdict).toBe('failed');
});

test('without anybody to ask it is over at once', async () => {
  expect(await round(new VirtualClock(), {}).verdict).toBe('lost');
});

test('asks some at first, and the others only when those do not suffice or take long', async () => {
  for (const { delaysMs, askedIds, atMs } of [
    { delaysMs: { a: 5, b: 6, c: 1 }, askedIds: ['a', 'b'], atMs: 6 },
    { delaysMs: { a: 5, b: 1_000, c: 1 }, askedIds: ['a', 'b', 'c'], atMs: 51 },
    { delaysMs: { a: 5, b: 'fails', c: 1 }, askedIds: ['a', 'b', 'c'], atMs: 6 },
  ]) {
    const clock = new VirtualClock();
    const asked: string[] = [];
    const over: number[] = [];
    const verdict = runRound<string, string>({
      clock,
      limitMs: LIMIT_MS,
      replicas: ['a', 'b', 'c'].map(replica),
      atFirst: 2,
      ask: async ({ id }) => {
        asked.push(id);
        const delay = new Map<string, number | string>(Object.entries(delaysMs)).get(id);
        if (typeof delay !== 'number') throw new NodeCallError('UNREACHABLE', 'away');
        await clock.sleep(delay);
        return 'sound';
      },
      judge: ({ answers }) =>
        [...answers.values()].filter(({ type }) => type === 'answered').length === 2 ? 'won' : undefined,
      onOver: (_verdict, answers) => void over.push(answers.size),
    });
    expect(await clock.run(verdict)).toBe('won');
    expect([asked, clock.monotonicMs()]).toEqual([askedIds, atMs]);
    await clock.run(clock.sleep(2 * LIMIT_MS));
    // Told once, of all that were asked.
    expect(over).toEqual([askedIds.length]);
  }
});
