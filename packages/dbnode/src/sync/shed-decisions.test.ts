import { placeGroup, type ClusterMap, type MapNode } from '@trolley/crush';
import { contextTextOf, emptyRecord, encodeRecord, merge, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { judgeShed, leavingGroups, unownedGroups } from './shed-decisions.ts';

const node = (id: string, change: Partial<MapNode> = {}): MapNode => ({
  id,
  zone: id,
  weight: 1,
  state: 'in',
  ...change,
});
const nodes = ['a', 'b', 'c', 'd'].map((id) => node(id));
const before: ClusterMap = { epoch: 1, pgCount: 32, replicas: 3, nodes: nodes.slice(0, 3) };
const moving: ClusterMap = { ...before, epoch: 2, nodes, previousNodes: before.nodes };
const settled: ClusterMap = { ...before, epoch: 3, nodes };
const allGroups = Array.from({ length: 32 }, (_, pg) => pg);

test('a node lets go only of what is not its own, and only once nothing moves', () => {
  expect(unownedGroups(before, 'a')).toEqual([]);
  expect(unownedGroups(moving, 'a')).toEqual([]);
  const left = allGroups.filter((pg) => !placeGroup(settled, pg).includes('a'));
  expect(left.length).toBeGreaterThan(0);
  expect(unownedGroups(settled, 'a')).toEqual(left);
  expect(leavingGroups(moving, 'a')).toEqual(left);
  expect(leavingGroups(settled, 'a')).toEqual([]);
});

test('a drained node lets go of everything', () => {
  const drained = [...nodes.slice(0, 3), node('d', { state: 'out', drained: true })];
  expect(unownedGroups({ ...settled, nodes: drained }, 'd')).toEqual(allGroups);
});

test('a node that is out for having been down, or that the map does not know, keeps what it has: it is about to be in', () => {
  expect(unownedGroups({ ...settled, nodes: [...nodes.slice(0, 3), node('d', { state: 'out' })] }, 'd')).toEqual([]);
  expect(unownedGroups(before, 'd')).toEqual([]);
});

const one = write(emptyRecord, 'a.1', [['quantity', 1]]);
const two = write(one, 'a.1', [['quantity', 2]]);
const other = write(emptyRecord, 'b.1', [['quantity', 3]]);
const contextOf = (record: typeof one) => contextTextOf(encodeRecord(record));

test.each([
  [one, one, 'held'],
  [one, two, 'held'],
  [two, one, 'offer'],
  [one, other, 'offer'],
  [one, merge(one, other), 'held'],
] as const)('what the owner has seen it holds, the rest it is offered (%#)', (mine, theirs, verdict) => {
  const drops = { droppedAtMs: 9, tookPartAtMs: 0, presentAtMs: 0, graceMs: 0 };
  const evidence = { mine: contextOf(mine), theirs: contextOf(theirs), drops };
  expect(judgeShed(evidence)).toBe(verdict);
});

test('a key that the owner does not know is offered, unless its deletion may have been forgotten meanwhile', () => {
  const mine = contextOf(one);
  const judge = (droppedAtMs: number, presentAtMs: number, tookPartAtMs = 0) =>
    judgeShed({ mine, theirs: undefined, drops: { droppedAtMs, tookPartAtMs, presentAtMs, graceMs: 4 } });
  expect(judge(0, 0)).toBe('offer');
  expect(judge(5, 6)).toBe('offer');
  expect(judge(8, 6)).toBe('offer');
  expect(judge(9, 6)).toBe('forget');
  expect(judge(9, 6, 9)).toBe('offer');
});
