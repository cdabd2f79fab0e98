import { expect, test } from 'vitest';
import type { ClusterNode, Group } from '../../api/cluster.ts';
import { movesOf, sharesOf, worstExcess } from './shares.ts';

function node(id: string, change: Partial<ClusterNode> = {}): ClusterNode {
  return { id, zone: 'zone', weight: 1, state: 'in', up: true, hintsWaiting: 0, ...change };
}

function group(pg: number, nodes: readonly string[], previousNodes?: readonly string[]): Group {
  return { pg, nodes, state: 'active', ...(previousNodes === undefined ? {} : { previousNodes }) };
}

const GROUPS = [group(0, ['a', 'b']), group(1, ['a', 'c']), group(2, ['c', 'a'])];

test('shares are counted, and compared with what weights ask for', () => {
  const shares = sharesOf(GROUPS, [node('a', { weight: 2 }), node('b'), node('c')]);
  expect(shares).toEqual([
    { node: 'a', held: 3, first: 2, ideal: 3 },
    { node: 'b', held: 1, first: 0, ideal: 1.5 },
    { node: 'c', held: 2, first: 1, ideal: 1.5 },
  ]);
  expect(worstExcess(shares)).toBeCloseTo(33.3, 1);
});

test('a node that is out has no share to come to', () => {
  const [, out] = sharesOf(GROUPS, [node('a'), node('d', { state: 'drained' })]);
  expect(out).toEqual({ node: 'd', held: 0, first: 0, ideal: 0 });
});

test('without a map there are no shares', () => {
  expect(worstExcess(sharesOf([], [node('a')]))).toBeUndefined();
});

test('what a node gains and gives away in a move', () => {
  const groups = [group(0, ['a', 'd'], ['a', 'b']), group(1, ['d', 'c'], ['a', 'c']), group(2, ['a', 'b'])];
  expect(movesOf(groups, 'd')).toEqual({ gains: 2, gives: 0 });
  expect(movesOf(groups, 'a')).toEqual({ gains: 0, gives: 1 });
  expect(movesOf(groups, 'c')).toEqual({ gains: 0, gives: 0 });
});
