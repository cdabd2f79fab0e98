/*
 * A user as a record: a field for each line of the cart, whose siblings resolve to the largest, and a field that
 * says that the user exists. Every write to the cart renews that one, so an add wins over a concurrent delete.
 */
import type { Line } from './change.ts';
import { version } from './context.ts';
import { byName } from './order.ts';
import type { CausalRecord } from './record.ts';
import { resolveMax } from './resolve.ts';

/** Most lines that a cart is given. Carts that were apart can come to more by merging. */
export const CART_LINES_MAX = 1000;

/** The field that says that the user exists. */
export const EXISTS_FIELD = 'exists';

const LINE_PREFIX = 'line:';

/** A user as clients see it. */
export interface User {
  /** Quantities by product name, in code unit order. */
  readonly cart: ReadonlyMap<string, number>;
  readonly version: number;
}

/** The field of a cart line. */
export function lineField(name: string): string {
  return LINE_PREFIX + name;
}

/** Whether the record holds a user: false when it was never created, or was deleted. */
export function isUser(record: CausalRecord): boolean {
  return record.fields.has(EXISTS_FIELD);
}

/** The user that the record holds; undefined when it was never created, or was deleted. */
export function userOf(record: CausalRecord): User | undefined {
  return isUser(record) ? { cart: cartOf(record), version: version(record) } : undefined;
}

function cartOf(record: CausalRecord): ReadonlyMap<string, number> {
  return new Map(cartLinesOf(record));
}

/** The lines of the cart, in code unit order. */
export function cartLinesOf(record: CausalRecord): readonly Line[] {
  const lines: Line[] = [];
  let previous: string | undefined;
  let isInOrder = true;
  for (const [field, siblings] of record.fields) {
    const quantity = field.startsWith(LINE_PREFIX) ? resolveMax(siblings) : undefined;
    if (quantity === undefined) continue;
    const name = field.slice(LINE_PREFIX.length);
    isInOrder &&= previous === undefined || previous < name;
    previous = name;
    lines.push([name, quantity]);
  }
  // A record that was read is in order; one that was merged need not be.
  return isInOrder ? lines : lines.toSorted(byName);
}
