import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import type { Decision, RegisterValue } from '../registers.ts';
import { amendment, claim, creation, deletion, lapse, leaving, release, settlement } from './item-decisions.ts';
import type { Holder, Item } from './item.ts';

const NOW_MS = 1_000;
const HOLDER: Holder = { reservation: 'a~1', email: 'ann@example.com', sinceMs: 1, expiresAtMs: null, mark: null };
const OTHER: Holder = { ...HOLDER, reservation: 'a~2', email: 'bob@example.com' };
const LAPSED: Holder = { ...HOLDER, expiresAtMs: NOW_MS };
const UNCONFIRMED: Holder = { ...HOLDER, expiresAtMs: NOW_MS + 1 };
const TAKEN: Holder = { ...LAPSED, mark: { bundle: 'x', effect: 'take' } };
const LEFT: Holder = { ...LAPSED, mark: { bundle: 'x', effect: 'leave' } };

function held(holder: Holder | null): Item {
  return { kind: 'book', details: { title: 'Emma' }, holder };
}

/** Who holds the item afterwards, and what the change came to; 'unchanged' when nothing is written. */
function after(decide: (value: RegisterValue) => Decision<RegisterValue>, before: RegisterValue) {
  const decision = decide(before);
  const value: unknown = decision.type === 'keep' ? 'unchanged' : decision.value;
  return { value, type: Object(decision.result).type as unknown };
}

describe('an item', () => {
  it('is made once', () => {
    expect(after(creation('book', {}, 'f'), null)).toEqual({
      value: { kind: 'book', details: {}, holder: null },
      type: 'created',
    });
    expect(after(creation('book', {}, 'f'), held(null))).toEqual({ value: 'unchanged', type: 'exists' });
  });

  it.each([
    ['free', held(null), null, 'deleted'],
    ['held by somebody whose time is up', held(LAPSED), null, 'deleted'],
    ['held', held(HOLDER), 'unchanged', 'held'],
    ['part of a bundle', held(TAKEN), 'unchanged', 'held'],
    ['not there', null, 'unchanged', 'missing'],
  ])('that is %s is deleted, or not', (_, before, value, type) => {
    expect(after(deletion(NOW_MS), before)).toEqual({ value, type });
  });
});

describe('a claim', () => {
  it.each([
    ['free', held(null), held(OTHER), 'claimed'],
    ['held by somebody whose time is up', held(LAPSED), held(OTHER), 'claimed'],
    ['held by the same reservation', held(OTHER), 'unchanged', 'claimed'],
    ['held by the same reservation, but for a bundle', held({ ...OTHER, mark: TAKEN.mark }), 'unchanged', 'held'],
    ['held', held(HOLDER), 'unchanged', 'held'],
    ['held a moment longer', held(UNCONFIRMED), 'unchanged', 'held'],
    ['being taken', held(TAKEN), 'unchanged', 'held'],
    ['being left', held(LEFT), 'unchanged', 'held'],
    ['not there', null, 'unchanged', 'missing'],
  ])('of an item that is %s takes it, or not', (_, before, value, type) => {
    expect(after(claim(OTHER, NOW_MS), before)).toEqual({ value, type });
  });
});

describe('a hold', () => {
  it('is changed by its own reservation only, and not while it is part of a bundle', () => {
    for (const decide of [amendment('a~1', { confirm: true }), release('a~1'), lapse('a~1', NOW_MS)]) {
      expect(after(decide, held(OTHER))).toEqual({ value: 'unchanged', type: 'not-held' });
      expect(after(decide, held(null))).toEqual({ value: 'unchanged', type: 'not-held' });
      expect(after(decide, null)).toEqual({ value: 'unchanged', type: 'not-held' });
      expect(after(decide, held(TAKEN))).toEqual({ value: 'unchanged', type: 'marked' });
    }
  });

  it('is confirmed, passed on, given up and ended', () => {
    expect(after(amendment('a~1', { confirm: true }), held(LAPSED)).value).toEqual(held(HOLDER));
    expect(after(amendment('a~1', { email: 'eve@example.com' }), held(LAPSED)).value).toEqual(
      held({ ...LAPSED, email: 'eve@example.com' }),
    );
    expect(after(release('a~1'), held(HOLDER))).toEqual({ value: held(null), type: 'over' });
    expect(after(lapse('a~1', NOW_MS), held(LAPSED))).toEqual({ value: held(null), type: 'over' });
    expect(after(lapse('a~1', NOW_MS), held(UNCONFIRMED))).toEqual({ value: 'unchanged', type: 'kept' });
    expect(after(lapse('a~1', NOW_MS), held(HOLDER))).toEqual({ value: 'unchanged', type: 'kept' });
  });

  it('I36: either lapses or is confirmed: whichever comes first wins', () => {
    const confirmed = after(amendment('a~1', { confirm: true }), held(LAPSED)).value;
    expect(after(lapse('a~1', NOW_MS), Object(confirmed)).value).toBe('unchanged');
    const lapsed = after(lapse('a~1', NOW_MS), held(LAPSED)).value;
    expect(after(amendment('a~1', { confirm: true }), Object(lapsed)).type).toBe('not-held');
  });

  it('is marked to be left as it was seen, once', () => {
    const marked = { ...HOLDER, mark: { bundle: 'x', effect: 'leave' } as const };
    expect(after(leaving(HOLDER, 'x'), held(HOLDER))).toEqual({ value: held(marked), type: 'leaving' });
    expect(after(leaving(HOLDER, 'x'), held(marked))).toEqual({ value: 'unchanged', type: 'leaving' });
    expect(after(leaving(HOLDER, 'y'), held(marked)).type).toBe('marked');
    expect(after(leaving(HOLDER, 'x'), held({ ...HOLDER, email: 'eve@example.com' })).type).toBe('altered');
    expect(after(leaving(LAPSED, 'x'), held(HOLDER)).type).toBe('altered');
    expect(after(leaving(HOLDER, 'x'), held(OTHER)).type).toBe('not-held');
  });

  it.each([
    ['taken', TAKEN, 'committed', held(LAPSED)],
    ['taken', TAKEN, 'undone', held(null)],
    ['left', LEFT, 'committed', held(null)],
    ['left', LEFT, 'undone', held(LAPSED)],
  ] as const)('that is %s: %o is settled when the bundle is %s', (_, before, cameTo, value) => {
    expect(after(settlement('x', cameTo), held(before)).value).toEqual(value);
    expect(after(settlement('another', cameTo), held(before)).value).toBe('unchanged');
    expect(after(settlement('x', cameTo), held(HOLDER)).value).toBe('unchanged');
  });
});

it('a register that holds something else than an item is a bug', () => {
  expect(() => claim(HOLDER, NOW_MS)({ kind: 'book' })).toThrow(ZodError);
});
