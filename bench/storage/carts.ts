/*
 * The carts that the storage benchmark fills an engine with, and the changes it makes to them. Pure.
 */
import { applyChange, emptyRecord, encodeRecord, userKey, type Change, type RecordText } from '@trolley/records';

const PRODUCTS = 200;

/** The key of a cart. */
export function cartKey(cart: number): string {
  return userKey(`user${String(cart).padStart(7, '0')}@example.com`);
}

function lineName(cart: number, line: number): string {
  return `product-${(cart * 7 + line * 31) % PRODUCTS}`;
}

/** A cart of so many lines as another replica would send it. */
export function cartText(cart: number, lines: number, actor: string): RecordText {
  const environment = { actor, nowMs: 0 };
  const created = applyChange(emptyRecord, { action: { type: 'create-user' } }, environment).record;
  const names = Array.from({ length: lines }, (_, line) => [lineName(cart, line), 1 + (line % 3)] as const);
  const change: Change = { action: { type: 'add-to-cart', lines: names } };
  return encodeRecord(applyChange(created, change, environment).record);
}

/** Adds one unit to a line that the cart has: it keeps its size. */
export function additionTo(cart: number): Change {
  return { action: { type: 'add-to-cart', lines: [[lineName(cart, 0), 1]] } };
}

/** Carts in an order that looks random and is the same each time; each of `carts` is as likely. */
export function cartPicker(carts: number, seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // The generator of Numerical Recipes; its upper bits are good enough to choose a cart by.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * carts);
  };
}
