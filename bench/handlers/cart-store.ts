/*
 * What the handlers that the system is measured beside have in common: a store of carts.
 */

/** How many units of each product. */
export type Cart = Readonly<Record<string, number>>;

/** Keeps carts; a promise that resolves is an acknowledgement, whatever that means for the store. */
export interface CartStore {
  /** Adds to a cart; resolves to the cart as it is then. */
  add(email: string, products: Cart): Cart | Promise<Cart>;
  read(email: string): Cart | undefined | Promise<Cart | undefined>;
  /** Sets a cart. */
  put(email: string, cart: Cart): void | Promise<void>;
}
