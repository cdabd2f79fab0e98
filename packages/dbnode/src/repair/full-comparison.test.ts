import { expect, test } from 'vitest';
import { FullComparison } from './full-comparison.ts';

const up = (...ids: readonly string[]) => new Map(ids.map((id) => [id, true]));
const states = ({ standings }: FullComparison) => [...standings].map(([node, { state }]) => `${node} ${state}`);

test('it ends when a pass finds nothing different with anybody', () => {
  const comparison = new FullComparison(up('b', 'c'));
  comparison.note('b', { type: 'compared', repaired: 0 });
  expect(comparison.follow(up('b', 'c'))).toBe(false);
  comparison.note('c', { type: 'compared', repaired: 7 });
  expect(comparison.ended).toBe(false);
  expect(comparison.follow(up('b', 'c'))).toBe(true);
  expect(comparison.passes).toBe(2);
  expect(states(comparison)).toEqual(['b waiting', 'c waiting']);
  for (const node of ['b', 'c']) comparison.note(node, { type: 'compared', repaired: 0 });
  expect(comparison.follow(up('b', 'c'))).toBe(false);
  expect(comparison.ended).toBe(true);
  expect(states(comparison)).toEqual(['b in-step', 'c in-step']);
});

test('who is down, goes down or fails again and again is told, and waited for no longer', () => {
  const others = new Map([
    ['b', false],
    ['c', true],
    ['d', true],
    ['e', true],
  ]);
  const comparison = new FullComparison(others);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    expect(comparison.standings.get('c')?.state).toBe('waiting');
    comparison.note('c', { type: 'failed', error: 'reset' });
  }
  comparison.follow(new Map([...others, ['d', false]]));
  expect(comparison.ended).toBe(false);
  // The map changed meanwhile: nothing is shared with e any more.
  others.delete('e');
  comparison.follow(new Map([...others, ['d', false]]));
  expect(comparison.ended).toBe(true);
  expect(states(comparison)).toEqual(['b down', 'c failed', 'd down', 'e in-step']);
  expect(comparison.standings.get('c')).toEqual({ state: 'failed', error: 'reset' });
});

test('a node with whom something differs in every pass does not make it go on for ever', () => {
  const comparison = new FullComparison(up('b', 'c'));
  for (let pass = 1; pass <= 20; pass += 1) {
    comparison.note('b', { type: 'compared', repaired: 1 });
    comparison.note('c', { type: 'compared', repaired: 0 });
    comparison.follow(up('b', 'c'));
  }
  expect(comparison.ended).toBe(true);
  expect(states(comparison)).toEqual(['b unsettled', 'c in-step']);
});

test('alone there is nothing to compare with', () => {
  expect(new FullComparison(new Map()).ended).toBe(true);
});
