import { expect, test } from 'vitest';
import type { Replica } from '../../api/cluster.ts';
import { fieldsWrittenApart, replicasWrittenApart } from './written-apart.ts';

function replica(node: string, context: Readonly<Record<string, number>> | null, siblings = {}): Replica {
  const told = { zone: 'zone', up: true, coordinator: false, stale: false, error: null, version: 1, value: null };
  return { node, ...told, context, siblings };
}

test('replicas that lack each other’s writes were written apart; one that is only behind was not', () => {
  const replicas = [replica('a', { a: 1 }), replica('b', { b: 1 }), replica('c', {}), replica('d', null)];
  expect(replicasWrittenApart(replicas)).toEqual(['a', 'b']);
  expect(replicasWrittenApart([replica('a', { a: 2 }), replica('b', { a: 1 })])).toEqual([]);
});

test('registers are decided and never written apart', () => {
  const ballots = { accepted: '1 a', promised: null, vote: true };
  const replicas = [replica('a', { a: 1 }), replica('b', { b: 1 })].map((one) => ({ ...one, ballots }));
  expect(replicasWrittenApart(replicas)).toEqual([]);
});

test('a sibling that several replicas hold is told once', () => {
  const two = { dot: ['a.x', 1], quantity: 2 };
  const three = { dot: ['b.y', 1], quantity: 3 };
  const replicas = [replica('a', {}, { quantity: [two, three] }), replica('b', {}, { quantity: [three, two] })];
  expect(fieldsWrittenApart(replicas)).toEqual([{ field: 'quantity', siblings: [two, three] }]);
});
