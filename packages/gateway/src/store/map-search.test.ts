import type { ClusterMap, MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { findNewestMap, type NodeKnowledge } from './map-search.ts';

const nodesOf = (ids: string): MapNode[] =>
  Array.from(ids, (id) => ({ id, zone: 'z', weight: 1, state: id === id.toLowerCase() ? 'in' : 'out' }));
const mapOf = (epoch: number, ids: string, before?: string): ClusterMap => ({
  epoch,
  pgCount: 16,
  replicas: 3,
  nodes: nodesOf(ids),
  ...(before === undefined ? {} : { previousNodes: nodesOf(before) }),
});
const knowing = (ids: string, map: ClusterMap | undefined, epoch = map?.epoch ?? 0): NodeKnowledge[] =>
  Array.from(ids, (node) => ({ node, epoch, map }));
const search = (told: NodeKnowledge[], current?: ClusterMap, seen = current) => findNewestMap({ current, seen, told });

test('the newest map that any node knows is found, with the move that was under way', () => {
  const moving = mapOf(4, 'abcd', 'abc');
  const found = search([...knowing('a', mapOf(3, 'abc'), 4), ...knowing('bcd', moving)]);
  expect(found).toEqual({ newest: moving, newestEpochHeard: 4, doubt: undefined });
});

test('it is in no doubt when one of three replicas is silent, and in doubt when two are', () => {
  const map = mapOf(4, 'abc');
  expect(search(knowing('ab', map)).doubt).toBeUndefined();
  expect(search(knowing('a', map)).doubt).toContain('too few');
  // Of more nodes than replicas, two may be the majority of some group.
  expect(search(knowing('abcde', mapOf(4, 'abcdef'))).doubt).toBeUndefined();
  expect(search(knowing('abcd', mapOf(4, 'abcdef'))).doubt).toContain('too few');
});

test('nodes that are out need not be asked; those from before a move do', () => {
  expect(search(knowing('ab', mapOf(4, 'abCD'))).doubt).toBeUndefined();
  expect(search(knowing('abx', mapOf(4, 'abx', 'abc'))).doubt).toBeUndefined();
  expect(search(knowing('axy', mapOf(4, 'axy', 'abc'))).doubt).toContain('too few');
});

test('an epoch of which nobody knows the map leaves it in doubt', () => {
  expect(search(knowing('abc', mapOf(4, 'abc'), 5))).toMatchObject({ newest: { epoch: 4 }, newestEpochHeard: 5 });
  expect(search(knowing('abc', mapOf(4, 'abc'), 5)).doubt).toContain('epoch 5');
  expect(search(knowing('abc', undefined, 5)).doubt).toContain('epoch 5');
});

test('a new cluster leaves nothing in doubt', () => {
  expect(search(knowing('abc', undefined))).toEqual({ newest: undefined, newestEpochHeard: 0, doubt: undefined });
});

test('a node that has heard of no map has forgotten, and does not count', () => {
  const map = mapOf(4, 'abc');
  expect(search([...knowing('a', map), ...knowing('b', undefined)]).doubt).toContain('too few');
});

test('what this gateway saw counts along', () => {
  const seen = mapOf(6, 'abc');
  expect(search(knowing('abc', mapOf(4, 'abc'), 6), undefined, seen).newest).toBe(seen);
  expect(search(knowing('abc', mapOf(7, 'abcd', 'abc')), mapOf(3, 'abc'), seen).newest?.epoch).toBe(7);
});

test('a node of another cluster does not bring its map along when those of this one have heard of nothing newer', () => {
  const current = mapOf(3, 'abc');
  const stranger = knowing('x', mapOf(9, 'xyz'));
  expect(search([...knowing('ab', current), ...stranger], current)).toMatchObject({
    newest: current,
    newestEpochHeard: 9,
    doubt: 'nodes have heard of epoch 9',
  });
  // Who is silent may have heard of it.
  expect(search([...knowing('a', current), ...stranger], current).newest?.epoch).toBe(9);
});
