import type { MapNode } from '@trolley/crush';
import { expect, test } from 'vitest';
import { judgeDownNodes } from './out-policy.ts';

const policy = { downOutAfterMs: 1_000, minInPercent: 75 };
const node = (id: string, change: Partial<MapNode> = {}): MapNode => ({
  id,
  zone: id,
  weight: 1,
  state: 'in',
  ...change,
});

/** Judges nodes named by one letter each; those in `down` have been down for long enough. */
function judge(ids: string, down: string, change: (id: string) => Partial<MapNode> = () => ({}), replicas = 3) {
  return judgeDownNodes(
    {
      nodes: ids.split('').map((id) => node(id, change(id))),
      replicas,
      up: new Set(ids.split('').filter((id) => !down.includes(id))),
      downForMs: new Map(down.split('').map((id) => [id, 1_000])),
    },
    policy,
  );
}

test('one of four goes out, and one of three stays in: there is nowhere to copy its data to', () => {
  expect(judge('abcd', 'd')).toEqual({ out: ['d'], keptIn: new Map() });
  const { out, keptIn } = judge('abc', 'c');
  expect(out).toEqual([]);
  expect(keptIn.get('c')).toBe('2 of the nodes that are in are up, too few for 3 replicas');
});

test('when many are down at once all of them stay in', () => {
  const { out, keptIn } = judge('abcdefgh', 'fgh');
  expect(out).toEqual([]);
  expect([...keptIn.keys()]).toEqual(['f', 'g', 'h']);
  expect(keptIn.get('f')).toBe('5 of 8 nodes are up and in, which is 62 % and below 75 %');
  expect(judge('abcdefgh', 'gh').out).toEqual(['g', 'h']);
});

test('a node counts as down for the share from the first moment, and goes out only after its time', () => {
  const known = { nodes: 'abcde'.split('').map((id) => node(id)), replicas: 3, up: new Set(['a', 'b', 'c']) };
  const verdict = judgeDownNodes({ ...known, downForMs: new Map([['d', 1_000]]) }, policy);
  expect(verdict.out).toEqual([]);
  expect([...verdict.keptIn.keys()]).toEqual(['d']);
});

test('nodes that went out earlier count as missing, drained ones do not count', () => {
  expect(judge('abcde', 'de', (id) => (id === 'e' ? { state: 'out' } : {})).keptIn.size).toBe(1);
  const drained = { state: 'out', drained: true } as const;
  expect(judge('abcde', 'de', (id) => (id === 'e' ? drained : {})).out).toEqual(['d']);
});

test('nodes that are not in are not judged', () => {
  expect(judge('abcde', 'e', () => ({})).out).toEqual(['e']);
  expect(judge('abcde', 'e', (id) => (id === 'e' ? { state: 'out' } : {}))).toEqual({ out: [], keptIn: new Map() });
});
