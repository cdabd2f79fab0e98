import type { ClusterMap } from '@trolley/crush';
import { describe, expect, it } from 'vitest';
import { doubtfulSinceMs, haveEnoughTold, untrustedGroups } from './absence.ts';

const node = (id: string) => ({ id, zone: id, weight: 1, state: 'in' }) as const;
const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;
const evidence = {
  lastPresence: { atMs: NOW_MS - 3 * DAY_MS, epoch: 4 },
  asOfMs: undefined,
  nowMs: NOW_MS,
  graceMs: DAY_MS,
  records: 10,
};

describe('a node that starts', () => {
  it('is in doubt after an absence longer than the grace time, since it last took part', () => {
    expect(doubtfulSinceMs(evidence)).toBe(NOW_MS - 3 * DAY_MS);
  });

  it('is not after a shorter one, nor with nothing to offer, nor when it never took part', () => {
    const lastPresence = { atMs: NOW_MS - DAY_MS, epoch: 4 };
    expect(doubtfulSinceMs({ ...evidence, lastPresence })).toBeUndefined();
    expect(doubtfulSinceMs({ ...evidence, records: 0 })).toBeUndefined();
    expect(doubtfulSinceMs({ ...evidence, lastPresence: undefined })).toBeUndefined();
  });

  it('is in doubt when it lost what would tell of deletions, since what it has is right', () => {
    const fresh = { ...evidence, lastPresence: { atMs: NOW_MS, epoch: 4 } };
    expect(doubtfulSinceMs({ ...fresh, asOfMs: NOW_MS - 2 * DAY_MS })).toBe(NOW_MS - 2 * DAY_MS);
    expect(doubtfulSinceMs({ ...fresh, asOfMs: NOW_MS - 5 })).toBeUndefined();
    expect(doubtfulSinceMs({ ...fresh, lastPresence: undefined, asOfMs: 0 })).toBe(0);
  });
});

describe('what the others tell', () => {
  const map: ClusterMap = { epoch: 1, pgCount: 8, replicas: 2, nodes: ['a', 'b', 'c'].map(node) };

  it('is enough when one other owner of each group told, or there is none', () => {
    expect(haveEnoughTold(map, 'a', new Set(['b', 'c']))).toBe(true);
    expect(haveEnoughTold(map, 'a', new Set(['b']))).toBe(false);
    expect(haveEnoughTold({ ...map, nodes: [node('a')] }, 'a', new Set())).toBe(true);
  });

  it('while data moves it is the previous owners who must tell', () => {
    const moving = { ...map, epoch: 2, replicas: 3, previousNodes: ['a', 'b'].map(node) };
    expect(haveEnoughTold(moving, 'a', new Set(['c']))).toBe(false);
    expect(haveEnoughTold(moving, 'a', new Set(['b']))).toBe(true);
  });

  it('casts doubt on the groups of which something was dropped later, and on no others', () => {
    const told = [
      [
        [1, 50],
        [2, 101],
      ],
      [
        [1, 99],
        [5, 200],
      ],
    ] as const;
    expect(untrustedGroups(100, told)).toEqual([2, 5]);
  });
});
