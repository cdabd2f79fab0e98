/*
 * A product as a record: one field, whose siblings resolve to the smallest, since a replica that was apart must not
 * promise stock that is gone.
 */
import { version } from './context.ts';
import type { CausalRecord } from './record.ts';
import { resolveMin } from './resolve.ts';

/** Largest quantity that a product or a cart line holds. */
export const QUANTITY_MAX = 1_000_000_000;

/** The field that a product is. */
export const QUANTITY_FIELD = 'quantity';

/** A product as clients see it. */
export interface Product {
  readonly quantity: number;
  readonly version: number;
}

/** The product that the record holds; undefined when it was never created, or was deleted. */
export function productOf(record: CausalRecord): Product | undefined {
  const quantity = resolveMin(record.fields.get(QUANTITY_FIELD));
  return quantity === undefined ? undefined : { quantity, version: version(record) };
}
