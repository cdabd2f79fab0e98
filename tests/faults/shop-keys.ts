/*
 * Carts and products that are written on two sides of a partition: draws what a client could do to each, keeps a naive
 * model of what each side holds, and says what must be left when the sides have met again. Chance is an argument.
 */
import { pick } from '../support/seeded-random.ts';
import type { NaiveReplica } from './naive-replica.ts';

/** A request, and the status that a client must see. */
export interface Request {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
}

/** A key as one side sees it. */
export interface ShopKey {
  readonly kind: 'cart' | 'product';
  readonly name: string;
  readonly replica: NaiveReplica;
}

/** Names in carts; some that only a careless program takes for its own. */
export const LINES = ['apple', 'pear', 'plum', 'fig', 'kiwi', '__proto__', 'constructor'];

const EXISTS = 'the user exists';
const QUANTITY = 'quantity';

/** What a cart holds, or a product's quantity; undefined when there is none. */
export function contentOf({ kind, replica }: ShopKey): ReadonlyMap<string, number> | undefined {
  const fields = replica.resolved(kind === 'cart' ? Math.max : Math.min);
  if (fields.size === 0) return undefined;
  return new Map([...fields].filter(([field]) => field !== EXISTS));
}

/** Draws something that a client can do to the key there, and does it to the model. */
export function step(random: () => number, key: ShopKey): Request {
  return key.kind === 'cart' ? cartStep(random, key) : productStep(random, key);
}

/** Creates the key with something in it. */
export function creation(random: () => number, key: ShopKey): readonly Request[] {
  if (key.kind === 'product') return [addToProduct(key, 20)];
  const lines = new Map(LINES.filter(() => random() < 0.5).map((line) => [line, upTo(random, 5)]));
  return [createUser(key), replaceCart(key, lines)];
}

function cartStep(random: () => number, key: ShopKey): Request {
  const cart = contentOf(key);
  if (cart === undefined) return createUser(key);
  const roll = random();
  if (roll < 0.15) return deletion(key);
  if (roll < 0.3) return replaceCart(key, new Map([[pick(random, LINES), upTo(random, 9)]]));
  const held = [...cart.keys()];
  if (roll < 0.55 && held.length > 0) return removeLine(key, pick(random, held));
  const line = pick(random, LINES);
  const added = upTo(random, 5);
  key.replica.write(
    new Map([
      [EXISTS, 1],
      [line, (cart.get(line) ?? 0) + added],
    ]),
    [],
  );
  const body = { email: key.name, products: Object.fromEntries([[line, added]]) };
  return { method: 'POST', path: '/addtocart', body, status: 200 };
}

function productStep(random: () => number, key: ShopKey): Request {
  const quantity = contentOf(key)?.get(QUANTITY);
  if (quantity === undefined) return addToProduct(key, upTo(random, 30));
  const roll = random();
  if (roll < 0.2) return deletion(key);
  return addToProduct(key, roll < 0.6 && quantity > 0 ? -upTo(random, quantity) : upTo(random, 9));
}

function createUser(key: ShopKey): Request {
  key.replica.write(new Map([[EXISTS, 1]]), []);
  return { method: 'POST', path: '/createuser', body: { email: key.name }, status: 201 };
}

function replaceCart(key: ShopKey, lines: ReadonlyMap<string, number>): Request {
  key.replica.write(new Map([[EXISTS, 1], ...lines]), contentOf(key)?.keys() ?? []);
  return { method: 'POST', path: '/user', body: { email: key.name, cart: Object.fromEntries(lines) }, status: 200 };
}

function removeLine(key: ShopKey, line: string): Request {
  key.replica.write(new Map([[EXISTS, 1]]), [line]);
  return { method: 'POST', path: '/removefromcart', body: { email: key.name, products: [line] }, status: 200 };
}

function addToProduct(key: ShopKey, added: number): Request {
  key.replica.write(new Map([[QUANTITY, (contentOf(key)?.get(QUANTITY) ?? 0) + added]]), []);
  return { method: 'POST', path: '/product', body: { name: key.name, quantity: added }, status: 200 };
}

function deletion(key: ShopKey): Request {
  key.replica.write(new Map(), [EXISTS, QUANTITY, ...(contentOf(key)?.keys() ?? [])]);
  const path = key.kind === 'cart' ? `/user?email=${key.name}` : `/product?name=${key.name}`;
  return { method: 'DELETE', path, status: 204 };
}

function upTo(random: () => number, most: number): number {
  return 1 + Math.floor(random() * most);
}
