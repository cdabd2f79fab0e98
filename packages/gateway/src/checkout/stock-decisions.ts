/*
 * What each change makes of a product's stock: pure decisions for its register. Each can be made again without harm:
 * by what the register holds it can tell that it was made before, also when the change's id is forgotten.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Decision, RegisterValue } from '../registers.ts';
import { availableOf, stockIn, takenOf, type Stock, type StockHold, type StockMark } from './stock.ts';

/**
 * How long marks are kept. Longer than any gateway can be late with a change that it decided on before the mark was
 * made, and than clocks differ; higher makes registers of stock larger where much is cancelled.
 */
const MARKS_KEPT_MS = 900_000;
/** How long after an order was seen to be cancelling its stock may be given back by whoever saw it. */
const GIVE_BACK_WITHIN_MS = 60_000;
/** Holds at a time. Each is about 100 bytes of a value that is written with each change. */
const HOLDS_MAX = 4_000;
/** Orders that are remembered as given back; further ones have to wait until some of these are forgotten. */
const RETURNED_MAX = 4_000;
/** Attempts that are remembered as aborted. The oldest makes room: all it can cost is a hold that has to be cleared. */
const BARRED_MAX = 1_000;

/** What became of the wish to hold some of the stock. */
export type Placement =
  /** With how many are sold or held by then, these included. */
  | { readonly type: 'held'; readonly lot: string; readonly taken: number }
  | { readonly type: 'short'; readonly available: number }
  /** The attempt was aborted meanwhile. */
  | { readonly type: 'barred' }
  /** Too many holds at a time. */
  | { readonly type: 'crowded' };

/** Holds some of the stock for an attempt, as far as the product's quantity allows. */
export function placing(hold: StockHold, quantity: number, nowMs: number) {
  return (value: RegisterValue): Decision<Placement> => {
    const stock = stockIn(value) ?? newLot(hold.attempt);
    if (stock.barred.some(({ id }) => id === hold.attempt)) return keeping({ type: 'barred' });
    if (stock.holds.some(({ attempt }) => attempt === hold.attempt)) return keeping(heldOf(stock));
    if (takenOf(stock) + hold.quantity > quantity) {
      return keeping({ type: 'short', available: availableOf(quantity, stock) });
    }
    if (stock.holds.length >= HOLDS_MAX) return keeping({ type: 'crowded' });
    const after = { ...stock, holds: [...stock.holds, hold] };
    return writing(after, nowMs, heldOf(after));
  };
}

function heldOf(stock: Stock): Placement {
  return { type: 'held', lot: stock.lot, taken: takenOf(stock) };
}

/** Turns a hold into a sale. A hold that is not there is sold already: only this ends the hold of a confirmed order. */
export function selling(attempt: string, nowMs: number) {
  return (value: RegisterValue): Decision<null> => {
    const stock = stockIn(value);
    const hold = stock?.holds.find((candidate) => candidate.attempt === attempt);
    if (stock === undefined || hold === undefined) return keeping(null);
    return writing({ ...without(stock, attempt), sold: stock.sold + hold.quantity }, nowMs, null);
  };
}

/**
 * Lets go of what is held for an attempt that was aborted. With `bar` a hold of it that arrives later is not placed:
 * needed unless whoever wanted the hold knows what became of it.
 */
export function freeing(attempt: string, bar: boolean, nowMs: number) {
  return (value: RegisterValue): Decision<null> => {
    const stock = stockIn(value);
    const isHeld = stock?.holds.some((hold) => hold.attempt === attempt) ?? false;
    const isToBar = bar && !(stock?.barred.some(({ id }) => id === attempt) ?? false);
    if (!isHeld && !isToBar) return keeping(null);
    const freed = without(stock ?? newLot(attempt), attempt);
    const marked = isToBar ? [...freed.barred, { id: attempt, atMs: nowMs }].slice(-BARRED_MAX) : freed.barred;
    return writing({ ...freed, barred: marked }, nowMs, null);
  };
}

/** A line of an order that is being cancelled. */
export interface ReturnedLine {
  readonly order: string;
  readonly quantity: number;
  readonly lot: string | null;
  /** When the order was seen to be cancelling. */
  readonly seenAtMs: number;
}

/**
 * Gives back what an order took, once. `late`: so long after the order was seen to be cancelling that the mark of its
 * giving back may be forgotten already; look again. `crowded`: too many are remembered.
 */
export function givingBack({ order, quantity, lot, seenAtMs }: ReturnedLine, nowMs: number) {
  return (value: RegisterValue): Decision<'done' | 'late' | 'crowded'> => {
    const stock = stockIn(value);
    if (nowMs - seenAtMs > GIVE_BACK_WITHIN_MS) return keeping('late');
    // Of another lot: this order's was given up with all that was sold from it.
    if (stock === undefined || stock.lot !== lot) return keeping('done');
    if (stock.returned.some(({ id }) => id === order)) return keeping('done');
    const returned = remembered(stock.returned, nowMs);
    if (returned.length >= RETURNED_MAX) return keeping('crowded');
    const after = { ...stock, sold: stock.sold - quantity, returned: [...returned, { id: order, atMs: nowMs }] };
    return writing(after, nowMs, 'done');
  };
}

/**
 * Forgets all that was sold and held, as it was seen before the product was found gone; false when something changed
 * since, for that may be what is sold of a product made anew.
 */
export function clearing(seen: Stock) {
  return (value: RegisterValue): Decision<boolean> => {
    const stock = stockIn(value);
    if (stock === undefined) return keeping(true);
    return isDeepStrictEqual(stock, seen) ? { type: 'write', value: null, result: true } : keeping(false);
  };
}

/** What a look at the stock tells somebody who wants to order some of it. */
export type Prospect =
  /** Enough is free. */
  | { readonly type: 'room' }
  /** Enough would be free if some of the holds came to nothing. */
  | { readonly type: 'held'; readonly available: number }
  | { readonly type: 'sold-out'; readonly available: number };

/** What there is to be had for somebody who wants so many. */
export function prospectOf(stock: Stock | undefined, quantity: number, wanted: number): Prospect {
  const available = availableOf(quantity, stock);
  if (available >= wanted) return { type: 'room' };
  return { type: quantity - (stock?.sold ?? 0) >= wanted ? 'held' : 'sold-out', available };
}

function newLot(attempt: string): Stock {
  return { lot: attempt, sold: 0, holds: [], returned: [], barred: [] };
}

function without(stock: Stock, attempt: string): Stock {
  return { ...stock, holds: stock.holds.filter((hold) => hold.attempt !== attempt) };
}

function remembered(marks: readonly StockMark[], nowMs: number): readonly StockMark[] {
  return marks.filter(({ atMs }) => nowMs - atMs < MARKS_KEPT_MS);
}

/** Writes the stock without marks that have had their time; nothing at all is a register that can go. */
function writing<T extends RegisterValue>(stock: Stock, nowMs: number, result: T): Decision<T> {
  const kept = { ...stock, returned: remembered(stock.returned, nowMs), barred: remembered(stock.barred, nowMs) };
  const isEmpty = kept.sold === 0 && [kept.holds, kept.returned, kept.barred].every(({ length }) => length === 0);
  return { type: 'write', value: isEmpty ? null : kept, result };
}

function keeping<T extends RegisterValue>(result: T): Decision<T> {
  return { type: 'keep', result };
}
