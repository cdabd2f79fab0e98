import { expect, it } from 'vitest';
import { beginning, conclusion, removal } from './bundle.ts';

const PENDING = { state: 'pending', atMs: 1, items: ['a', 'b'] } as const;
const COMMITTED = { ...PENDING, state: 'committed' } as const;
const UNDONE = { ...PENDING, state: 'undone' } as const;

it('a bundle is begun once', () => {
  expect(beginning(1, ['a', 'b'])(null)).toEqual({ type: 'write', value: PENDING, result: 'pending' });
  expect(beginning(2, ['a', 'b'])(UNDONE)).toEqual({ type: 'keep', result: 'undone' });
});

it('I32: a bundle comes to one thing, and stays with it', () => {
  expect(conclusion('committed')(PENDING)).toEqual({ type: 'write', value: COMMITTED, result: 'committed' });
  expect(conclusion('undone')(PENDING)).toEqual({ type: 'write', value: UNDONE, result: 'undone' });
  expect(conclusion('undone')(COMMITTED)).toEqual({ type: 'keep', result: 'committed' });
  expect(conclusion('committed')(UNDONE)).toEqual({ type: 'keep', result: 'undone' });
  expect(conclusion('committed')(null)).toEqual({ type: 'keep', result: 'absent' });
});

it('a bundle is not removed while it is pending', () => {
  expect(removal(PENDING)).toEqual({ type: 'keep', result: null });
  expect(removal(null)).toEqual({ type: 'keep', result: null });
  for (const bundle of [COMMITTED, UNDONE])
    expect(removal(bundle)).toEqual({ type: 'write', value: null, result: null });
});
