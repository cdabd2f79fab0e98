import type { TombstoneDrops } from '@trolley/cluster';
import { placeGroup, type ClusterMap } from '@trolley/crush';
import { describe, expect, it } from 'vitest';
import { doubtfulSinceMs, haveEnoughTold, untrustedGroups } from './absence.ts';

const node = (id: string) => ({ id, zone: id, weight: 1, state: 'in' }) as const;
const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;
const evidence = {
  presentAtMs: NOW_MS - 3 * DAY_MS,
  asOfMs: undefined,
  nowMs: NOW_MS,
  graceMs: DAY_MS,
  records: 10,
};

describe('a node that comes back', () => {
  it('is in doubt after an absence longer than the grace time, since it last took part', () => {
    expect(doubtfulSinceMs(evidence)).toBe(NOW_MS - 3 * DAY_MS);
  });

  it('is not after a shorter one, nor with nothing to offer', () => {
    expect(doubtfulSinceMs({ ...evidence, presentAtMs: NOW_MS - DAY_MS })).toBeUndefined();
    expect(doubtfulSinceMs({ ...evidence, records: 0 })).toBeUndefined();
  });

  it('is in doubt of all it has when it never noted that it took part', () => {
    expect(doubtfulSinceMs({ ...evidence, presentAtMs: undefined })).toBe(0);
  });

  it('is in doubt when it lost what would tell of deletions, since what it has is right', () => {
    const fresh = { ...evidence, presentAtMs: NOW_MS };
    expect(doubtfulSinceMs({ ...fresh, asOfMs: NOW_MS - 2 * DAY_MS })).toBe(NOW_MS - 2 * DAY_MS);
    expect(doubtfulSinceMs({ ...fresh, asOfMs: NOW_MS - 5 })).toBeUndefined();
    expect(doubtfulSinceMs({ ...fresh, presentAtMs: undefined, asOfMs: 0 })).toBe(0);
  });
});

const told = (...drops: TombstoneDrops['drops']): TombstoneDrops => ({ drops, incompleteGroups: [] });
const toldBy = (...ids: readonly string[]) => new Map(ids.map((id) => [id, told()]));

describe('what the others tell', () => {
  const map: ClusterMap = { epoch: 1, pgCount: 8, replicas: 2, nodes: ['a', 'b', 'c'].map(node) };
  const all = Array.from({ length: map.pgCount }, (_, pg) => pg);

  it('is enough when one other owner of each group told, or there is none', () => {
    expect(haveEnoughTold(map, 'a', toldBy('b', 'c'), all)).toBe(true);
    expect(haveEnoughTold(map, 'a', toldBy('b'), all)).toBe(false);
    expect(haveEnoughTold({ ...map, nodes: [node('a')] }, 'a', toldBy(), all)).toBe(true);
  });

  it('need not be about groups of which nothing is here', () => {
    const ofB = all.filter((pg) => placeGroup(map, pg).includes('b'));
    expect(haveEnoughTold(map, 'a', toldBy('b'), ofB)).toBe(true);
  });

  it('while data moves it is the previous owners who must tell', () => {
    const moving = { ...map, epoch: 2, replicas: 3, previousNodes: ['a', 'b'].map(node) };
    expect(haveEnoughTold(moving, 'a', toldBy('c'), all)).toBe(false);
    expect(haveEnoughTold(moving, 'a', toldBy('b'), all)).toBe(true);
  });

  it('does not count of groups of which the teller lost its data: it may have forgotten that too', () => {
    const two = { ...map, replicas: 3 };
    const tellings = toldBy('b', 'c');
    tellings.set('b', { drops: [], incompleteGroups: [3] });
    expect(haveEnoughTold(two, 'a', tellings, all)).toBe(true);
    tellings.delete('c');
    expect(haveEnoughTold(two, 'a', tellings, all)).toBe(false);
  });

  const since = { presentAtMs: 100, graceMs: 20, ownDrops: [] };

  it('casts doubt on the groups of which something was dropped later, and on no others', () => {
    const tellings = [told([1, 50], [2, 121]), told([1, 99], [5, 200], [6, 300])];
    expect(untrustedGroups(tellings, [1, 2, 5], since)).toEqual([2, 5]);
  });

  it('casts none where this node itself took part in that, nor where it was too soon after to be without it', () => {
    const tellings = [told([1, 200], [2, 200], [3, 110])];
    expect(untrustedGroups(tellings, [1, 2, 3], { ...since, ownDrops: [[1, 200]] })).toEqual([2]);
    expect(untrustedGroups(tellings, [1, 2, 3], { ...since, ownDrops: [[1, 199]] })).toEqual([1, 2]);
  });
});
