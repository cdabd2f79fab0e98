/*
 * Carts in a Map: kept nowhere, for the handlers that show what is possible at most.
 */
import type { Cart, CartStore } from './cart-store.ts';

/** An empty store. */
export function createMemoryStore() {
  const carts = new Map<string, Record<string, number>>();
  return {
    add(email: string, products: Cart): Cart {
      const cart = carts.get(email) ?? {};
      for (const [product, quantity] of Object.entries(products)) cart[product] = (cart[product] ?? 0) + quantity;
      carts.set(email, cart);
      return cart;
    },
    read: (email: string): Cart | undefined => carts.get(email),
    put(email: string, cart: Cart): void {
      carts.set(email, { ...cart });
    },
  } satisfies CartStore;
}
