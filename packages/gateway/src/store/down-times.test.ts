import type { RegistryView } from '@trolley/cluster';
import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { DownTimes } from './down-times.ts';

const policy = { downOutAfterMs: 1_000, minInPercent: 75 };

/** A view in which these nodes are in the map, a and b unless said otherwise, and these are up. */
function viewOf(up: readonly string[], connected = true, inMap = ['a', 'b']): RegistryView {
  const nodes = inMap.map((id) => ({ id, zone: id, weight: 1, state: 'in' as const }));
  return {
    connected,
    nodes: up.map((id) => ({ id, host: 'localhost', port: 1, zone: id, weight: 1, sequence: 1 })),
    gateways: [],
    stored: { map: { epoch: 1, pgCount: 16, replicas: 3, nodes }, revision: 1 },
  };
}

test('the time runs from the moment a node was seen to go, and ends when it is back', () => {
  const clock = createManualClock();
  const times = new DownTimes(clock, policy);
  times.follow(viewOf(['a', 'b']));
  clock.advance(1_000);
  times.follow(viewOf(['a']));
  clock.advance(500);
  times.follow(viewOf(['a']));
  expect(times.downForMs).toEqual(new Map([['b', 500]]));
  times.follow(viewOf(['a', 'b']));
  expect(times.downForMs.size).toBe(0);
  times.follow(viewOf(['a']));
  expect(times.downForMs.get('b')).toBe(0);
});

test('time while the registry was away does not count, nor what was measured before', () => {
  const clock = createManualClock();
  const times = new DownTimes(clock, policy);
  times.follow(viewOf(['a']));
  clock.advance(9_000);
  times.follow(viewOf(['a'], false));
  clock.advance(60_000);
  expect(times.downForMs.size).toBe(0);
  times.follow(viewOf(['a']));
  clock.advance(10);
  expect(times.downForMs).toEqual(new Map([['b', 10]]));
});

test('the time with enough nodes up begins anew whenever too few are, or the registry was away', () => {
  const clock = createManualClock();
  const times = new DownTimes(clock, policy);
  const follow = (up: string, connected = true) => times.follow(viewOf(up.split(''), connected, ['a', 'b', 'c', 'd']));
  expect(times.enoughForMs).toBe(0);
  follow('abc');
  clock.advance(500);
  follow('abcd');
  clock.advance(500);
  expect(times.enoughForMs).toBe(1_000);
  follow('ab');
  clock.advance(500);
  expect(times.enoughForMs).toBe(0);
  follow('abc');
  clock.advance(300);
  expect(times.enoughForMs).toBe(300);
  follow('abc', false);
  clock.advance(300);
  follow('abc');
  expect(times.enoughForMs).toBe(0);
});
