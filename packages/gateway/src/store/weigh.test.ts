import type { ClusterMap, MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { planUndrain } from './drain.ts';
import type { WishPlan } from './map-wish.ts';
import { planMembers } from './plan-members.ts';
import { planWeight } from './weigh.ts';

const node = (id: string): MapNode => ({ id, zone: id, weight: 1, state: 'in' });
const settled: ClusterMap = { epoch: 5, pgCount: 16, replicas: 3, nodes: ['a', 'b', 'c', 'd'].map(node) };
const policy = { downOutAfterMs: 1_000, minInPercent: 75 };

function mapOf(plan: WishPlan): ClusterMap {
  if (plan.type !== 'planned') throw new Error(plan.type);
  return plan.planned.map;
}

const nodeOf = (map: ClusterMap, id: string) => map.nodes.find((each) => each.id === id);

test('a weight that was set moves data, and what the node says of itself does not undo it', () => {
  const map = mapOf(planWeight(settled, 'd', { weight: 2, registered: 1 }));
  expect(map).toMatchObject({ epoch: 6, previousNodes: settled.nodes });
  expect(nodeOf(map, 'd')).toEqual({ ...node('d'), weight: 2, weightSet: true });
  const up = map.nodes.map(({ id, zone }) => ({ id, host: 'h', port: 1, zone, weight: id === 'd' ? 7 : 1 }));
  expect(planMembers(map, { up, downForMs: new Map(), enoughForMs: 0 }, policy).reasons).toEqual([]);
});

test('left to the node again it is what the node says, or stays until the node is back', () => {
  const map = mapOf(planWeight(settled, 'd', { weight: 2, registered: 1 }));
  expect(nodeOf(mapOf(planWeight(map, 'd', { weight: undefined, registered: 3 })), 'd')).toEqual({
    ...node('d'),
    weight: 3,
  });
  const kept = mapOf(planWeight(map, 'd', { weight: undefined, registered: undefined }));
  expect(nodeOf(kept, 'd')).toEqual({ ...node('d'), weight: 2 });
});

test('the present weight, set, moves nothing, and stays set through a drain', () => {
  const map = mapOf(planWeight(settled, 'd', { weight: 1, registered: 1 }));
  expect(map.previousNodes).toBeUndefined();
  const nodes = map.nodes.map((each) =>
    each.id === 'd' ? { ...each, state: 'out' as const, drained: true as const } : each,
  );
  const undrained = mapOf(planUndrain({ ...map, nodes }, new Set(['d']), 'd'));
  expect(nodeOf(undrained, 'd')).toEqual({ ...node('d'), weightSet: true });
});

test('what is so already changes nothing; a node that the map does not know is refused', () => {
  expect(planWeight(settled, 'd', { weight: undefined, registered: 1 })).toEqual({ type: 'nothing-to-do' });
  const map = mapOf(planWeight(settled, 'd', { weight: 2, registered: 1 }));
  expect(planWeight(map, 'd', { weight: 2, registered: 1 })).toEqual({ type: 'nothing-to-do' });
  expect(planWeight(settled, '__proto__', { weight: 2, registered: 1 })).toMatchObject({ code: 'UNKNOWN_NODE' });
  expect(planWeight(undefined, 'd', { weight: 2, registered: 1 })).toMatchObject({ code: 'UNKNOWN_NODE' });
});
