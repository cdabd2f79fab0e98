import { describe, expect, it } from 'vitest';
import type { Decision, RegisterValue } from '../registers.ts';
import { clearing, freeing, givingBack, placing, prospectOf, selling } from './stock-decisions.ts';
import { availableOf, stockIn } from './stock.ts';

const NOW_MS = 1_000_000_000;
const LATER_MS = NOW_MS + 3_600_000;

/** The register after the changes. */
function after(value: RegisterValue, ...changes: readonly ((value: RegisterValue) => Decision<RegisterValue>)[]) {
  return changes.reduce((current, change) => {
    const decision = change(current);
    return decision.type === 'write' ? decision.value : current;
  }, value);
}

function hold(attempt: string, quantity: number) {
  return { attempt, order: `order of ${attempt}`, quantity, atMs: NOW_MS };
}

function place(attempt: string, quantity: number, of = 10) {
  return placing(hold(attempt, quantity), of, NOW_MS);
}

function giveBack(order: string, quantity: number, lot: string | null = 'a', seenAtMs = NOW_MS) {
  return givingBack({ order, quantity, lot, seenAtMs }, NOW_MS);
}

const tenSold = after(null, place('a', 7), place('b', 3), selling('a', NOW_MS), selling('b', NOW_MS));

describe('stock', () => {
  it('I39: is held up to what there is, and not beyond', () => {
    const value = after(null, place('a', 7));
    expect(place('b', 3)(value)).toMatchObject({ type: 'write', result: { type: 'held', lot: 'a', taken: 10 } });
    expect(place('b', 4)(value)).toEqual({ type: 'keep', result: { type: 'short', available: 3 } });
    expect(place('b', 1)(tenSold)).toEqual({ type: 'keep', result: { type: 'short', available: 0 } });
    expect(place('a', 1, 0)(null)).toEqual({ type: 'keep', result: { type: 'short', available: 0 } });
  });

  it('is less than nothing to nobody, though the quantity was lowered', () => {
    expect(availableOf(4, stockIn(tenSold))).toBe(0);
    expect(place('c', 1, 4)(tenSold).result).toEqual({ type: 'short', available: 0 });
  });

  it('I42: is held, sold, let go and given back once, though asked twice', () => {
    const held = after(null, place('a', 7));
    expect(place('a', 7)(held)).toEqual({ type: 'keep', result: { type: 'held', lot: 'a', taken: 7 } });
    const sold = after(held, selling('a', NOW_MS));
    expect(sold).toMatchObject({ sold: 7, holds: [] });
    expect(selling('a', NOW_MS)(sold).type).toBe('keep');
    expect(freeing('a', false, NOW_MS)(sold).type).toBe('keep');
    const returned = after(sold, giveBack('order of a', 7));
    expect(returned).toMatchObject({ sold: 0 });
    expect(giveBack('order of a', 7)(returned)).toEqual({ type: 'keep', result: 'done' });
  });

  it('is not held for an attempt that was barred before its hold came', () => {
    const barred = after(null, freeing('a', true, NOW_MS));
    expect(place('a', 1)(barred)).toEqual({ type: 'keep', result: { type: 'barred' } });
    expect(freeing('a', true, NOW_MS)(barred).type).toBe('keep');
    expect(after(after(null, place('b', 2)), freeing('b', true, NOW_MS), place('b', 2))).toMatchObject({ holds: [] });
  });

  it('goes back to the lot that it came from, and to no other', () => {
    const seenTen = stockIn(tenSold);
    if (seenTen === undefined) throw new Error('nothing is sold');
    const newLot = after(tenSold, clearing(seenTen), place('c', 2), selling('c', NOW_MS));
    expect(newLot).toMatchObject({ lot: 'c', sold: 2 });
    expect(giveBack('order of b', 3)(newLot)).toEqual({ type: 'keep', result: 'done' });
    expect(giveBack('order of b', 3)(null)).toEqual({ type: 'keep', result: 'done' });
    expect(clearing(seenTen)(null)).toEqual({ type: 'keep', result: true });
    expect(clearing(seenTen)(newLot)).toEqual({ type: 'keep', result: false });
    expect(clearing(seenTen)(after(tenSold, place('c', 1, 20)))).toEqual({ type: 'keep', result: false });
  });

  it('is not given back by whoever saw the order a long time ago', () => {
    expect(giveBack('order of b', 3, 'a', NOW_MS - 61_000)(tenSold)).toEqual({ type: 'keep', result: 'late' });
  });

  it('is not given back by more orders than are remembered', () => {
    const returned = Array.from({ length: 4_000 }, (_, index) => ({ id: `${index}`, atMs: NOW_MS }));
    const value = { lot: 'a', sold: 9, holds: [], returned, barred: [] };
    expect(giveBack('order of b', 3)(value)).toEqual({ type: 'keep', result: 'crowded' });
    const long = { ...value, returned: returned.map((mark) => ({ ...mark, atMs: NOW_MS - 900_000 })) };
    expect(after(long, giveBack('order of b', 3))).toMatchObject({ sold: 6, returned: [{ id: 'order of b' }] });
  });

  it('has a bounded number of holds', () => {
    const holds = Array.from({ length: 4_000 }, (_, index) => hold(`attempt ${index}`, 1));
    const value = { lot: 'a', sold: 0, holds, returned: [], barred: [] };
    expect(place('b', 1, 9_999)(value)).toEqual({ type: 'keep', result: { type: 'crowded' } });
  });

  it('leaves no register behind when nothing is sold, held or remembered', () => {
    expect(after(null, place('a', 7), freeing('a', false, NOW_MS))).toBeNull();
    const marked = after(tenSold, giveBack('order of a', 7), giveBack('order of b', 3));
    expect(marked).toMatchObject({ sold: 0, returned: [{ id: 'order of a' }, { id: 'order of b' }] });
    const forgotten = after(marked, placing(hold('c', 1), 10, LATER_MS), freeing('c', false, LATER_MS));
    expect(forgotten).toBeNull();
  });

  it('is told as held rather than sold out while holds may come to nothing', () => {
    const held = stockIn(after(null, place('a', 7)));
    expect(prospectOf(held, 10, 3)).toEqual({ type: 'room' });
    expect(prospectOf(held, 10, 4)).toEqual({ type: 'held', available: 3 });
    expect(prospectOf(held, 10, 11)).toEqual({ type: 'sold-out', available: 3 });
    expect(prospectOf(stockIn(tenSold), 10, 1)).toEqual({ type: 'sold-out', available: 0 });
    expect(prospectOf(undefined, 0, 1)).toEqual({ type: 'sold-out', available: 0 });
  });
});
