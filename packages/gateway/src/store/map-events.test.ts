import type { ClusterMap, MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { mapEvents } from './map-events.ts';

const node = (id: string, change: Partial<MapNode> = {}): MapNode => ({
  id,
  zone: 'z',
  weight: 1,
  state: 'in',
  ...change,
});
const mapOf = (epoch: number, nodes: readonly MapNode[], previousNodes?: readonly MapNode[]): ClusterMap => ({
  epoch,
  pgCount: 8,
  replicas: 3,
  nodes,
  ...(previousNodes === undefined ? {} : { previousNodes }),
});
const all = ['a', 'b', 'c', 'd'].map((id) => node(id));
const [a = node('a'), b = node('b'), c = node('c')] = all;
const settled = mapOf(1, all);

test('the first map that is seen tells of itself alone', () => {
  expect(mapEvents(undefined, settled)).toEqual([{ type: 'map-changed', epoch: 1, reason: '4 nodes' }]);
});

test('a node that joins, goes out or comes back is told', () => {
  const joined = mapOf(2, [...all, node('e')], all);
  expect(mapEvents(settled, joined)).toEqual([
    { type: 'map-changed', epoch: 2, reason: 'e joined' },
    { type: 'node-in', node: 'e' },
  ]);
  const away = mapOf(2, [a, b, c, node('d', { state: 'out' })], all);
  expect(mapEvents(settled, away)).toContainEqual({ type: 'node-out', node: 'd' });
  expect(mapEvents(away, mapOf(3, all, all))).toEqual([
    { type: 'map-changed', epoch: 3, reason: 'd is in' },
    { type: 'node-in', node: 'd' },
  ]);
});

test('a drain is told when it starts and when it has ended, its cancel as a node that is in again', () => {
  const gone = node('d', { state: 'out', drained: true });
  const draining = mapOf(2, [a, b, c, gone], all);
  expect(mapEvents(settled, draining)).toEqual([
    { type: 'map-changed', epoch: 2, reason: 'd is drained' },
    { type: 'drain-started', node: 'd' },
  ]);
  const done = mapOf(3, draining.nodes);
  expect(mapEvents(draining, done)).toEqual([
    { type: 'map-changed', epoch: 3, reason: 'the data has moved' },
    { type: 'drained', node: 'd' },
  ]);
  // The end of a later move does not tell it again.
  const later = mapOf(4, [...done.nodes, node('e')], done.nodes);
  expect(mapEvents(later, mapOf(5, later.nodes))).toEqual([
    { type: 'map-changed', epoch: 5, reason: 'the data has moved' },
  ]);
  expect(mapEvents(draining, mapOf(3, all, all))).toContainEqual({ type: 'node-in', node: 'd' });
});

test('a node that was out already and is drained counts as drained at once: the move has nothing of it to end', () => {
  const out = mapOf(1, [a, b, c, node('d', { state: 'out' })]);
  const drained = mapOf(2, [a, b, c, node('d', { state: 'out', drained: true })], out.nodes);
  expect(mapEvents(out, drained)).toContainEqual({ type: 'drain-started', node: 'd' });
});

test('a weight and a zone that changed are told in words', () => {
  const changed = mapOf(2, [a, b, node('c', { weight: 2 }), node('d', { zone: 'y' })], all);
  expect(mapEvents(settled, changed)).toEqual([
    { type: 'map-changed', epoch: 2, reason: 'c has weight 2; d is in zone y' },
  ]);
});
