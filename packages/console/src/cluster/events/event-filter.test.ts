import { expect, test } from 'vitest';
import type { ClusterEvent } from '../../live/events.ts';
import { latestThatPass, parseFilter, rowsToShow, toggledKinds } from './event-filter.ts';

const EVENTS: readonly ClusterEvent[] = [
  { id: '1', type: 'node-down', node: 'node-2', atMs: 1 },
  {
    id: '2',
    type: 'repaired',
    key: 'product:apple',
    node: 'node-2',
    fromVersion: 1,
    toVersion: 2,
    why: 'read',
    atMs: 2,
  },
  { id: '3', type: 'from-the-future', node: 'node-3', atMs: 3 },
  { id: '4', type: 'node-up', node: 'node-2', atMs: 4 },
];

function idsOf(kinds: string, words: string, max = 10): readonly string[] {
  return latestThatPass(EVENTS, parseFilter(kinds, words), max).map(({ id }) => id);
}

test('without a filter all pass, newest first', () => expect(idsOf('', '')).toEqual(['4', '3', '2', '1']));
test('no more than asked for', () => expect(idsOf('', '', 2)).toEqual(['4', '3']));
test('by kind', () => expect(idsOf('nodes', '')).toEqual(['4', '1']));
test('by several kinds', () => expect(idsOf('nodes,repairs', '')).toEqual(['4', '2', '1']));
test('by words of what they say', () => expect(idsOf('', 'NODE-2 apple')).toEqual(['2']));
test('by both', () => expect(idsOf('nodes', 'down')).toEqual(['1']));
test('kinds that do not exist are no filter', () => expect(idsOf('nonsense', '')).toHaveLength(4));

test('of events that come fast, only those in view are shown', () => {
  expect(rowsToShow(eventsEach(2))).toBeLessThan(30);
  expect(rowsToShow(eventsEach(500))).toBe(100);
  expect(rowsToShow([])).toBe(100);
});

test('a kind is switched on and off', () => {
  expect(toggledKinds(parseFilter('nodes', ''), 'repairs')).toBe('nodes,repairs');
  expect(toggledKinds(parseFilter('nodes,repairs', ''), 'nodes')).toBe('repairs');
});

function eventsEach(everyMs: number): readonly ClusterEvent[] {
  return Array.from({ length: 200 }, (_, index) => ({ id: String(index), type: 'node-up', atMs: index * everyMs }));
}
