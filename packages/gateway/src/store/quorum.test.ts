import { describe, expect, test } from 'vitest';
import { quorumMet, quorumReport } from './quorum.ts';

const before = { nodes: ['a'], required: 1 };
const after = { nodes: ['a', 'b', 'c'], required: 2 };

describe('while data moves, the old owners and the new', () => {
  test('must both answer', () => {
    expect(quorumMet([before, after], new Set(['a']))).toBe(false);
    expect(quorumMet([before, after], new Set(['b', 'c']))).toBe(false);
    expect(quorumMet([before, after], new Set(['a', 'c']))).toBe(true);
  });

  test.each([
    [[before, after], 'old first'],
    [[after, before], 'new first'],
  ])('are reported as those of them that lack answers, also when both have as many', (sets) => {
    expect(quorumReport(sets, new Set(['a']))).toEqual({ answered: 1, replicas: 3, degraded: true });
    expect(quorumReport(sets, new Set(['b', 'c']))).toEqual({ answered: 0, replicas: 1, degraded: true });
    expect(quorumReport(sets, new Set(['a', 'b', 'c']))).toEqual({ answered: 1, replicas: 1, degraded: false });
  });
});
