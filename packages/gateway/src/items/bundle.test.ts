import { expect, it } from 'vitest';
import type { Memory } from '../registers.ts';
import { beginning, commit, COMMIT_ID, fateIn, madeIn, removal, undoing } from './bundle.ts';

const PENDING = { name: 'k.1', state: 'pending', atMs: 1, items: ['a', 'b'] } as const;
const COMMITTED = { ...PENDING, state: 'committed' } as const;
const UNDONE = { ...PENDING, state: 'undone' } as const;
const MADE = { sinceMs: 5, expiresAtMs: null, email: 'ann@example.com', fingerprint: 'f' };

const nothing: Memory = () => undefined;
const commitRemembered: Memory = (id) => (id === COMMIT_ID ? { fate: 'committed', made: MADE } : undefined);

it('a bundle is begun once', () => {
  expect(beginning('k.1', 1, ['a', 'b'])(null, nothing)).toEqual({
    type: 'write',
    value: PENDING,
    result: { type: 'begun' },
  });
  for (const bundle of [PENDING, UNDONE]) {
    const result = { type: 'other', name: 'k.1' };
    expect(beginning('k.2', 2, ['a', 'b'])(bundle, nothing)).toEqual({ type: 'keep', result });
  }
});

it('I37: no bundle is begun for a request that was carried out', () => {
  for (const value of [null, COMMITTED]) {
    const result = { type: 'made', made: MADE };
    expect(beginning('k.2', 2, ['a', 'b'])(value, commitRemembered)).toEqual({ type: 'keep', result });
  }
  expect(madeIn(commitRemembered)).toEqual(MADE);
  expect(madeIn(nothing)).toBeUndefined();
});

it('I32: a bundle comes to one thing, and stays with it', () => {
  const committed = { fate: 'committed', made: MADE };
  expect(commit('k.1', MADE)(PENDING)).toEqual({ type: 'write', value: COMMITTED, result: committed });
  expect(undoing('k.1')(PENDING)).toEqual({ type: 'write', value: UNDONE, result: 'undone' });
  expect(undoing('k.1')(COMMITTED)).toEqual({ type: 'keep', result: 'committed' });
  expect(commit('k.1', MADE)(UNDONE)).toMatchObject({ type: 'keep', result: { fate: 'undone' } });
  expect(commit('k.1', MADE)(null)).toMatchObject({ type: 'keep', result: { fate: 'absent' } });
});

it('an attempt is absent once its register is about another', () => {
  expect(fateIn(PENDING, 'k.1')).toBe('pending');
  expect(fateIn(PENDING, 'k.0')).toBe('absent');
  expect(fateIn(undefined, 'k.1')).toBe('absent');
  expect(undoing('k.0')(PENDING)).toEqual({ type: 'keep', result: 'absent' });
  expect(commit('k.0', MADE)(PENDING)).toMatchObject({ type: 'keep', result: { fate: 'absent' } });
});

it('a bundle is not removed while it is pending, nor by another', () => {
  const kept = { type: 'keep', result: null };
  expect(removal('k.1')(PENDING)).toEqual(kept);
  expect(removal('k.1')(null)).toEqual(kept);
  expect(removal('k.0')(COMMITTED)).toEqual(kept);
  for (const bundle of [COMMITTED, UNDONE])
    expect(removal('k.1')(bundle)).toEqual({ type: 'write', value: null, result: null });
});
