import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { WatchedNodes } from './watched-nodes.ts';

/** What the clocks of nodes are ahead of the gateway's. */
const AHEAD_MS = 1_000_000;

function createWatched() {
  const clock = createManualClock();
  const watched = new WatchedNodes(clock, { watchMs: 60_000, settleMs: 1_000 });
  /** A node tells now that it was in step so long ago. */
  const hear = (id: string, inStepAgoMs: number | null) => {
    const clockMs = clock.monotonicMs() + AHEAD_MS;
    const inStepAsOfMs = inStepAgoMs === null ? null : clockMs - inStepAgoMs;
    watched.heard(id, { clockMs, inStepAsOfMs }, clock.monotonicMs());
  };
  return { clock, watched, hear };
}

test('a node of which nothing is heard is watched for as long as it was said', () => {
  const { clock, watched } = createWatched();
  expect(watched.isWatched('a')).toBe(false);
  watched.watch('a');
  clock.advance(59_999);
  expect(watched.isWatched('a')).toBe(true);
  clock.advance(1);
  expect(watched.isWatched('a')).toBe(false);
});

test('a node is watched no more once it was in step after whatever it missed had come to the others', () => {
  const { clock, watched, hear } = createWatched();
  watched.watch('a');
  watched.watch('b');
  clock.advance(999);
  hear('a', 0);
  clock.advance(1);
  hear('a', 0);
  expect(watched.isWatched('a')).toBe(true);
  clock.advance(1_000);
  hear('a', null);
  hear('a', 1_000);
  expect(watched.isWatched('a')).toBe(true);
  hear('a', 999);
  expect(watched.isWatched('a')).toBe(false);
  expect(watched.isWatched('b')).toBe(true);
});

test('what a node answered to an older question does not count', () => {
  const { clock, watched } = createWatched();
  watched.watch('a');
  clock.advance(5_000);
  watched.heard('a', { clockMs: 5, inStepAsOfMs: 5 }, 999);
  watched.heard('a', { clockMs: 7, inStepAsOfMs: 6 }, 5_000);
  expect(watched.isWatched('a')).toBe(true);
});

test('a node that does not tell is watched to the end', () => {
  const { clock, watched } = createWatched();
  watched.watch('a');
  for (let second = 1; second < 60; second += 1) {
    clock.advance(1_000);
    watched.heard('a', {}, clock.monotonicMs());
    expect(watched.isWatched('a')).toBe(true);
  }
});

test('a node that misses a write after it was in step is watched again', () => {
  const { clock, watched, hear } = createWatched();
  watched.watch('a');
  clock.advance(2_000);
  hear('a', 0);
  watched.watch('a');
  clock.advance(500);
  hear('a', 0);
  expect(watched.isWatched('a')).toBe(true);
});
