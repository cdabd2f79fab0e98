import { expect, test } from 'vitest';
import type { ClusterAnswer } from '../gateway-answers.ts';
import { drainProgress } from './drain.ts';

function clusterWith(node: Partial<ClusterAnswer['nodes'][number]>, move?: ClusterAnswer['move']): ClusterAnswer {
  return { nodes: [{ id: 'node-2', up: true, state: 'drained', ...node }], move };
}

test('a node is drained when its data has moved and it holds nothing any more, or is down', () => {
  expect(drainProgress(clusterWith({ records: 0 }), 'node-2').kind).toBe('done');
  expect(drainProgress(clusterWith({ up: false }), 'node-2').kind).toBe('done');
  expect(drainProgress(clusterWith({ records: 7 }), 'node-2').kind).toBe('under-way');
  // It has not been asked yet: nobody knows what it holds.
  expect(drainProgress(clusterWith({}), 'node-2').kind).toBe('under-way');
  expect(drainProgress(clusterWith({ state: 'draining', up: false }), 'node-2').kind).toBe('under-way');
  expect(drainProgress(clusterWith({ state: 'draining', records: 7 }), 'node-2')).toEqual({
    kind: 'under-way',
    text: 'the data has moved; it makes sure of 7 records before it lets go',
  });
});

test('the progress says how far the move is', () => {
  const move = { groups: 50, groupsDone: 10, percent: 20, remainingSeconds: 8 };
  expect(drainProgress(clusterWith({ state: 'draining' }, move), 'node-2')).toEqual({
    kind: 'under-way',
    text: '20 %, 10 of 50 placement groups, about 8 s left',
  });
});

test('a node that is in again, out or gone is not being drained', () => {
  expect(drainProgress(clusterWith({ state: 'in' }), 'node-2').kind).toBe('called-off');
  expect(drainProgress(clusterWith({}), 'node-9').kind).toBe('called-off');
});
