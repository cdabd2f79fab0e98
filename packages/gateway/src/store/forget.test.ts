import type { ClusterMap, MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { planForget } from './forget.ts';

const node = (id: string): MapNode => ({ id, zone: id, weight: 1, state: 'in' });
const nodesIn = ['a', 'b', 'c'].map(node);
const gone: MapNode = { ...node('d'), state: 'out', drained: true };
const map: ClusterMap = { epoch: 5, pgCount: 16, replicas: 3, nodes: [...nodesIn, gone] };
const up = new Set(['a', 'b', 'c']);

test('a node that is down and holds nothing leaves the map, and nothing moves', () => {
  expect(planForget(map, up, 'd')).toMatchObject({ planned: { map: { epoch: 6, nodes: nodesIn } } });
  const plan = planForget(map, up, 'd');
  expect(plan.type === 'planned' && plan.planned.map.previousNodes).toBeUndefined();
});

test('a move of others that is under way goes on', () => {
  const previousNodes = [...nodesIn.slice(0, 2), gone];
  expect(planForget({ ...map, previousNodes }, up, 'd')).toMatchObject({ planned: { map: { previousNodes } } });
});

test('one that is up, or still holds data by the map, is refused', () => {
  expect(planForget(map, new Set([...up, 'd']), 'd')).toMatchObject({ code: 'NODE_IS_UP' });
  expect(planForget(map, new Set(['a', 'b']), 'c')).toMatchObject({ code: 'NODE_HOLDS_DATA' });
  const leaving = { ...map, previousNodes: [...nodesIn, node('d')] };
  expect(planForget(leaving, up, 'd')).toMatchObject({ code: 'NODE_HOLDS_DATA' });
  expect(planForget(map, up, 'x')).toMatchObject({ code: 'UNKNOWN_NODE' });
  expect(planForget(undefined, up, 'd')).toMatchObject({ code: 'UNKNOWN_NODE' });
});
