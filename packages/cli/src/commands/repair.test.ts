import { expect, test } from 'vitest';
import type { NodeRepairAnswer } from '../gateway-answers.ts';
import { repairProgress } from './repair.ts';

type Run = NonNullable<NodeRepairAnswer['run']>;

function nodeWith(run: Partial<Run> | null, rest: Partial<NodeRepairAnswer> = {}): NodeRepairAnswer {
  const whole = run && { id: 4, ended: false, passes: 1, repaired: 0, examples: [], peers: [], ...run };
  return { node: 'node-1', up: true, error: null, run: whole, ...rest };
}

const begun = { nodes: [nodeWith({})] };
const left = (now: NodeRepairAnswer, before = begun) => {
  const progress = repairProgress(before, { nodes: [now] });
  return progress.kind === 'ended' ? progress.left.join(' ') : undefined;
};

test('it goes on until the run has ended, also while the node does not answer for once', () => {
  expect(left(nodeWith({}))).toBeUndefined();
  expect(left(nodeWith(null, { error: 'timeout' }))).toBeUndefined();
  expect(left(nodeWith({ ended: true }))).toBe('');
});

test('what is left has its reason', () => {
  expect(left(nodeWith(null, { up: false }))).toContain('is down');
  expect(left(nodeWith(null))).toContain('started anew');
  expect(left(nodeWith({ id: 1 }))).toContain('started anew');
  expect(left(nodeWith(null), { nodes: [nodeWith(null)] })).toContain('did not begin');
  expect(left(nodeWith(null, { error: 'refused' }), { nodes: [nodeWith(null)] })).toContain('does not answer: refused');
  expect(left(nodeWith({ ended: true, passes: 10, peers: [{ node: 'node-2', state: 'unsettled' }] }))).toContain(
    'node-1 and node-2 differed each time, 10 times',
  );
});
