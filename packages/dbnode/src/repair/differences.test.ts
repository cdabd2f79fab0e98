import { describe, expect, it } from 'vitest';
import { differencesOf, hasSeenAll, planDescent, type ChildDigest } from './differences.ts';

const ZERO = '0'.repeat(16);
const children = (...given: (readonly [index: number, digest: string, count: number])[]): ChildDigest[] => {
  const all: ChildDigest[] = Array.from({ length: 16 }, () => [ZERO, 0] as const);
  for (const [index, digest, count] of given) all[index] = [digest, count];
  return all;
};

describe('a descent', () => {
  it('goes down where much differs, lists where little does or at a leaf, and leaves the rest', () => {
    const own = children([1, 'a', 5], [2, 'b', 500], [3, 'c', 500], [10, 'd', 0]);
    const theirs = children([1, 'x', 6], [2, 'y', 500], [3, 'c', 500], [10, 'e', 40]);
    expect(planDescent('', own, theirs, 32)).toEqual({ list: ['1'], descend: ['2', 'a'] });
    expect(planDescent('7f', own, theirs, 32)).toEqual({ list: ['7f1', '7f2', '7fa'], descend: [] });
  });

  it('takes no children for empty ones', () => {
    expect(planDescent('', [], children([15, 'x', 1]), 32)).toEqual({ list: ['f'], descend: [] });
    expect(planDescent('', children([0, ZERO, 0]), [], 32)).toEqual({ list: [], descend: [] });
  });
});

describe('differences', () => {
  it('are fetched, offered or both, as the contexts say', () => {
    const own = [
      ['equal', '[["a.1",1]]'],
      ['older', '[["a.1",1]]'],
      ['newer', '[["a.1",3]]'],
      ['apart', '[["a.1",1]]'],
      ['only here', '[["a.1",1]]'],
      ['__proto__', '[["a.1",1]]'],
    ] as const;
    const theirs = [
      ['equal', '[["a.1",1]]'],
      ['older', '[["a.1",2]]'],
      ['newer', '[["a.1",2]]'],
      ['apart', '[["b.1",1]]'],
      ['only there', '[["b.1",1]]'],
    ] as const;
    const found = new Map(differencesOf(own, theirs).map(({ key, fetch, offer }) => [key, [fetch, offer]]));
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries([
        ['older', [true, false]],
        ['newer', [false, true]],
        ['apart', [true, true]],
        ['only there', [true, false]],
        ['only here', [false, true]],
        ['__proto__', [false, true]],
      ]),
    );
  });

  it('are gone once all has been seen', () => {
    expect(hasSeenAll(undefined, undefined)).toBe(true);
    expect(hasSeenAll(undefined, '[["a.1",1]]')).toBe(false);
    expect(hasSeenAll('[["a.1",2]]', '[["a.1",1]]')).toBe(true);
    expect(hasSeenAll('[["a.1",2]]', '[["a.1",1],["b.1",1]]')).toBe(false);
  });
});
