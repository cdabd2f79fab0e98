import type { ProcessState } from '@trolley/cluster';
import { createManualClock } from '@trolley/cluster/testing';
import { expect, test, vi } from 'vitest';
import { watchProcesses } from './process-watch.ts';

function createWatched() {
  const clock = createManualClock();
  const stop = new AbortController();
  const answers: (ReadonlyMap<string, ProcessState> | undefined)[] = [];
  let asked = 0;
  const launcher = {
    command: async () => ({ type: 'done' }) as const,
    stress: async () => ({ type: 'run', run: null }) as const,
    processes: async () => {
      asked += 1;
      return answers.at(-1);
    },
  };
  const say = (state: ProcessState | undefined) =>
    answers.push(state === undefined ? undefined : new Map([['node-1', state]]));
  say('running');
  const watch = watchProcesses({ launcher, clock, stopping: stop.signal });
  return { clock, stop, say, watch, asked: () => asked };
}

test('the launcher is asked at once, and again each second, and nobody waits for it', async () => {
  const { clock, say, watch, asked } = createWatched();
  expect(watch.stateOf('node-1')).toBeUndefined();
  await vi.waitFor(() => expect(watch.stateOf('node-1')).toBe('running'));
  expect(watch.stateOf('node-2')).toBeUndefined();
  say('paused');
  clock.advance(900);
  expect(asked()).toBe(1);
  await vi.waitFor(() => {
    clock.advance(100);
    expect(watch.stateOf('node-1')).toBe('paused');
  });
});

test('what the launcher said is forgotten when it is silent for long', async () => {
  const { clock, say, watch } = createWatched();
  await vi.waitFor(() => expect(watch.stateOf('node-1')).toBe('running'));
  say(undefined);
  await watch.refresh();
  expect(watch.stateOf('node-1')).toBe('running');
  clock.advance(6_000);
  expect(watch.stateOf('node-1')).toBeUndefined();
});

test('it is asked no more once the gateway stops', async () => {
  const { clock, stop, watch, asked } = createWatched();
  await watch.refresh();
  stop.abort();
  clock.advance(60_000);
  const before = asked();
  await watch.refresh();
  clock.advance(60_000);
  expect(asked()).toBe(before + 1);
});
