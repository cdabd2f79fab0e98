import { placeGroup, type ClusterMap, type MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { metBy, sourcesOf, syncNeeds } from './sync-needs.ts';

const node = (id: string): MapNode => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' });
const settled: ClusterMap = { epoch: 1, pgCount: 16, replicas: 3, nodes: ['a', 'b', 'c'].map(node) };
const moving: ClusterMap = {
  epoch: 2,
  pgCount: 16,
  replicas: 3,
  nodes: ['a', 'b', 'c', 'd'].map(node),
  previousNodes: settled.nodes,
};

test('a node that gained nothing and lost nothing needs nothing', () => {
  expect(syncNeeds(settled, 'a', []).size).toBe(0);
  expect(syncNeeds(moving, 'a', []).size).toBe(0);
});

test('a node that joined needs what it is placed on, from a majority of the previous owners', () => {
  const needs = syncNeeds(moving, 'd', []);
  const placedOn = Array.from({ length: 16 }, (_, pg) => pg).filter((pg) => placeGroup(moving, pg).includes('d'));
  expect([...needs.keys()]).toEqual(placedOn);
  expect(sourcesOf(needs)).toEqual(['a', 'b', 'c']);
  expect(metBy(needs, new Set(['a']))).toEqual([]);
  expect(metBy(needs, new Set(['a', 'c']))).toEqual(placedOn);
});

test('I8: what was lost is complete only when every replica that may alone hold an acknowledged write has told', () => {
  const needs = syncNeeds(settled, 'a', [3, 5]);
  expect(sourcesOf(needs)).toEqual(['b', 'c']);
  expect(metBy(needs, new Set(['b']))).toEqual([]);
  expect(metBy(needs, new Set(['b', 'c']))).toEqual([3, 5]);
});

test('a group that the node lost and no longer holds is not fetched', () => {
  const needs = syncNeeds(
    moving,
    'a',
    Array.from({ length: 16 }, (_, pg) => pg),
  );
  expect([...needs.keys()].every((pg) => placeGroup(moving, pg).includes('a'))).toBe(true);
});
