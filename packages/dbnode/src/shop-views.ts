/*
 * Records as the API shows them. Carts become objects without a prototype: product names are users' own, and
 * `__proto__` is one of them.
 */
import { decodeRecord, productOf, userOf, type RecordText } from '@trolley/records';

/** A product as the API shows it. */
export interface ProductView {
  readonly name: string;
  readonly quantity: number;
  readonly version: number;
}

/** A user as the API shows it. */
export interface UserView {
  readonly email: string;
  readonly cart: Readonly<Record<string, number>>;
  readonly version: number;
}

/** The product in a record; undefined when it is deleted. */
export function productView(name: string, text: RecordText): ProductView | undefined {
  const product = productOf(decodeRecord(text));
  return product && { name, quantity: product.quantity, version: product.version };
}

/** The user in a record; undefined when it is deleted. */
export function userView(email: string, text: RecordText): UserView | undefined {
  const user = userOf(decodeRecord(text));
  return user && { email, cart: cartObject(user.cart), version: user.version };
}

function cartObject(cart: ReadonlyMap<string, number>): Record<string, number> {
  const object: Record<string, number> = Object.create(null);
  for (const [name, quantity] of cart) {
    object[name] = quantity;
  }
  return object;
}
