/*
 * The names of orders, and the keys of the registers of orders and stock. A checkout that is sent again leads to the
 * same order at whichever gateway it arrives.
 */
import { createHash } from 'node:crypto';

/** What an order's id looks like. */
export const ORDER_ID_PATTERN = /^[a-f0-9]{32}$/;

/** 128 bits, so that two orders never meet. */
const ID_LENGTH = 32;

/** Stands between the order and the attempt in the name of open work; neither holds one. */
const SEPARATOR = '~';

export function orderKey(order: string): string {
  return `order:${order}`;
}

export function stockKey(product: string): string {
  return `stock:${product}`;
}

/** The register that says which checkout is at a person's cart. */
export function turnKey(email: string): string {
  return `turn:${email}`;
}

/** The order of a checkout with this Idempotency-Key. */
export function orderIdByKey(idempotencyKey: string, email: string): string {
  return digest(['checkout by key', idempotencyKey, email]);
}

/** The order of a checkout of this very cart, for one without a key: pressing the button twice buys once. */
export function orderIdByCart(cartContext: string, email: string): string {
  return digest(['checkout by cart', cartContext, email]);
}

/** Names one piece of work on an order among the open work; it is never used again. */
export function openNameOf(order: string, token: string): string {
  return `order:${order}${SEPARATOR}${token}`;
}

/** The order and the token in what follows the kind in such a name. */
export function parseOpenId(id: string): { readonly order: string; readonly token: string } {
  const [order = '', token = ''] = id.split(SEPARATOR);
  return { order, token };
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, ID_LENGTH);
}
