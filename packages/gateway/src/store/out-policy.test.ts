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
function judge(
  ids: string,
  down: string,
  change: (id: string) => Partial<MapNode> = () => ({}),
  enoughForMs = Infinity,
) {
  return judgeDownNodes(
    {
      nodes: ids.split('').map((id) => node(id, change(id))),
      replicas: 3,
      up: new Set(ids.split('').filter((id) => !down.includes(id))),
      downForMs: new Map(down.split('').map((id) => [id, 1_000])),
      enoughForMs,
    },
    policy,
  );
}

test('I21: one of four goes out, and one of three stays in: there is nowhere to copy its data to', () => {
  expect(judge('abcd', 'd')).toEqual({ out: ['d'], keptIn: new Map() });
  const { out, keptIn } = judge('abc', 'c');
  expect(out).toEqual([]);
  expect(keptIn.get('c')).toBe('2 of the nodes that are in are up, too few for 3 replicas');
});

test('I21: when many are down at once all of them stay in', () => {
  const { out, keptIn } = judge('abcdefgh', 'fgh');
  expect(out).toEqual([]);
  expect([...keptIn.keys()]).toEqual(['f', 'g', 'h']);
  expect(keptIn.get('f')).toBe('5 of 8 nodes are up and in, which is 62 % and below 75 %');
  expect(judge('abcdefgh', 'gh').out).toEqual(['g', 'h']);
});

test('a node counts as down for the share from the first moment, and goes out only after its time', () => {
  const known = { nodes: 'abcde'.split('').map((id) => node(id)), replicas: 3, up: new Set(['a', 'b', 'c']) };
  const verdict = judgeDownNodes({ ...known, downForMs: new Map([['d', 1_000]]), enoughForMs: Infinity }, policy);
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

test('after a power cut those that come back last are waited for, and not for ever', () => {
  const { out, keptIn } = judge('abcdefgh', 'gh', () => ({}), 999);
  expect(out).toEqual([]);
  expect(keptIn.get('h')).toBe('enough of the others are back for only 0 s, and it may follow');
  expect(judge('abcdefgh', 'gh', () => ({}), 1_000).out).toEqual(['g', 'h']);
});

test('that nodes which went out earlier weigh on the share is said, and what to do', () => {
  const reason = judge('abcdefgh', 'fgh', (id) => (id === 'h' ? { state: 'out' } : {})).keptIn.get('f');
  expect(reason).toContain('5 of 8 nodes');
  expect(reason).toContain('(1 of them went out before: forget what will not come back)');
});
