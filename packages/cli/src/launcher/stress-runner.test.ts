import type { StressWish } from '@trolley/cluster';
import { systemClock } from '@trolley/cluster';
import { expect, test } from 'vitest';
import { seededRandom } from '../sample/seeded-random.ts';
import { eventually } from '../testing/eventually.ts';
import type { StressListener } from './stress-process.ts';
import { StressRunner } from './stress-runner.ts';

const PROGRESS = { type: 'progress', done: 5 } as const;

function createRunner(gatewayUrl: () => string | undefined = () => 'http://one:1') {
  const started: { wish: StressWish; url: string; listener: StressListener; told: string[] }[] = [];
  const runner = new StressRunner({
    start: (wish, url, listener) => {
      const told: string[] = [];
      started.push({ wish, url, listener, told });
      return { stop: () => void told.push('stop'), kill: () => void told.push('kill') };
    },
    clock: systemClock,
    random: seededRandom(3),
    gatewayUrl,
  });
  const begin = (wish: StressWish = { test: 1 }) => {
    const outcome = runner.begin(wish);
    if (outcome.kind !== 'run') throw new Error(`it did not begin: ${outcome.kind}`);
    return outcome.run;
  };
  return { runner, started, begin };
}

test('one test runs at a time; the latest is kept', () => {
  const { runner, started, begin } = createRunner();
  expect(runner.latest).toBeUndefined();
  const first = begin({ test: 2, size: 10 });
  expect(started[0]).toMatchObject({ wish: { test: 2, size: 10 }, url: 'http://one:1' });
  expect(runner.begin({ test: 1 })).toEqual({ kind: 'busy' });
  started[0]?.listener.onLine(PROGRESS);
  expect(runner.look(first.id)).toMatchObject({ kind: 'run', run: { done: 5, state: 'running' } });
  started[0]?.listener.onEnd('it broke');
  expect(runner.latest).toMatchObject({ id: first.id, state: 'failed' });
  expect(runner.stop(first.id)).toEqual({ kind: 'ended' });
  const second = begin();
  expect(second.id).not.toBe(first.id);
  expect(runner.look(first.id)).toEqual({ kind: 'unknown-run' });
  started[0]?.listener.onLine(PROGRESS);
  started[0]?.listener.onEnd(undefined);
  expect(runner.latest).toEqual(second);
});

test('none begins before there is a cluster', () => {
  expect(createRunner(() => undefined).runner.begin({ test: 1 })).toEqual({ kind: 'busy' });
});

test('a test is told to stop once, and is stopped when its process is gone', () => {
  const { runner, started, begin } = createRunner();
  const { id } = begin();
  expect(runner.stop('run-0')).toEqual({ kind: 'unknown-run' });
  expect(runner.stop(id)).toMatchObject({ kind: 'run', run: { state: 'running' } });
  runner.stop(id);
  expect(started[0]?.told).toEqual(['stop']);
  started[0]?.listener.onEnd('Stopped before there was a verdict.');
  expect(runner.latest).toMatchObject({ state: 'stopped' });
});

test('closing stops what runs, kills it in a hurry, and starts no more', async () => {
  const { runner, started, begin } = createRunner();
  begin();
  const hurry = new AbortController();
  const closed = runner.close(hurry.signal);
  await eventually(() => expect(started[0]?.told).toEqual(['stop']));
  hurry.abort();
  await eventually(() => expect(started[0]?.told).toEqual(['stop', 'kill']));
  started[0]?.listener.onEnd(undefined);
  await closed;
  expect(runner.begin({ test: 1 })).toEqual({ kind: 'busy' });
  await createRunner().runner.close(new AbortController().signal);
});
