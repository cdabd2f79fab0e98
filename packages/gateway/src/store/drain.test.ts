import type { ClusterMap, MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { planDrain, planUndrain } from './drain.ts';

const node = (id: string): MapNode => ({ id, zone: id, weight: 1, state: 'in' });
const settled: ClusterMap = { epoch: 5, pgCount: 16, replicas: 3, nodes: ['a', 'b', 'c', 'd'].map(node) };
const all = new Set(['a', 'b', 'c', 'd']);
const grown: ClusterMap = { ...settled, nodes: [...settled.nodes, node('e')], previousNodes: settled.nodes };

test('a node that the map does not know is refused', () => {
  expect(planDrain(settled, all, '__proto__')).toMatchObject({ type: 'refused', code: 'UNKNOWN_NODE' });
  expect(planDrain(undefined, all, 'a')).toMatchObject({ type: 'refused', code: 'UNKNOWN_NODE' });
  expect(planUndrain(settled, all, 'x')).toMatchObject({ type: 'refused', code: 'UNKNOWN_NODE' });
});

test('I21: a drain that the rest cannot hold is refused with the figures', () => {
  expect(planDrain(settled, new Set(['a', 'b', 'd']), 'd')).toEqual({
    type: 'refused',
    code: 'TOO_FEW_NODES',
    reason: 'Without d, 2 nodes would be up and in, too few for 3 replicas of each key.',
  });
});

test('a node that is out already may be drained however few are left: nothing moves', () => {
  const nodes = settled.nodes.map((each) => (each.id === 'd' ? { ...each, state: 'out' as const } : each));
  expect(planDrain({ ...settled, nodes }, new Set(['a']), 'd').type).toBe('planned');
});

test('a node that is being given data is refused, unless it is down and will not get it', () => {
  const up = new Set([...all, 'e']);
  expect(planDrain(grown, up, 'e')).toMatchObject({ type: 'refused', code: 'NODE_IS_GAINING_DATA' });
  expect(planDrain(grown, all, 'e').type).toBe('planned');
  // One that only gives may go in the same move; who held the data before the first change stays remembered.
  const plan = planDrain(grown, up, 'a');
  expect(plan.type === 'planned' && plan.planned.map).toMatchObject({ epoch: 6, previousNodes: settled.nodes });
});

test('what is so already changes nothing', () => {
  expect(planUndrain(settled, all, 'a')).toEqual({ type: 'nothing-to-do' });
  const plan = planDrain(settled, all, 'a');
  expect(plan.type === 'planned' && planDrain(plan.planned.map, all, 'a')).toEqual({ type: 'nothing-to-do' });
});
