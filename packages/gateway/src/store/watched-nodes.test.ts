import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { WatchedNodes } from './watched-nodes.ts';

function createWatched() {
  const clock = createManualClock();
  return { clock, watched: new WatchedNodes(clock, { watchMs: 60_000, settleMs: 1_000 }) };
}

test('a node of which nothing is heard is watched for as long as it was said', () => {
  const { clock, watched } = createWatched();
  expect(watched.isWatched('a')).toBe(false);
  watched.watch('a');
  clock.advance(59_999);
  expect(watched.isWatched('a')).toBe(true);
  expect(watched.count).toBe(1);
  clock.advance(1);
  expect(watched.isWatched('a')).toBe(false);
  expect(watched.count).toBe(0);
});

test('a node is watched no more once it was in step after whatever it missed had come to the others', () => {
  const { clock, watched } = createWatched();
  const watchedMs = clock.monotonicMs();
  watched.watch('a');
  watched.watch('b');
  clock.advance(5_000);
  watched.inStep('a', watchedMs - 1);
  watched.inStep('a', watchedMs + 1_000);
  expect(watched.isWatched('a')).toBe(true);
  watched.inStep('a', watchedMs + 1_001);
  expect(watched.isWatched('a')).toBe(false);
  expect(watched.isWatched('b')).toBe(true);
});

test('a node that misses a write after it was in step is watched again', () => {
  const { clock, watched } = createWatched();
  watched.watch('a');
  clock.advance(2_000);
  watched.watch('a');
  watched.inStep('a', clock.monotonicMs());
  expect(watched.isWatched('a')).toBe(true);
});
