/*
 * The keys of the store, as they are placed, stored and written by people: a kind, a colon and a name. What a name
 * may hold is checked where it comes in; here it is any text.
 */

/** Every product's key begins with this; for listing. */
export const PRODUCT_PREFIX = 'product:';
/** Every user's key begins with this; for listing. */
export const USER_PREFIX = 'user:';

/** What a key names. */
export interface ParsedKey {
  readonly kind: 'product' | 'user';
  readonly name: string;
}

export function productKey(name: string): string {
  return PRODUCT_PREFIX + name;
}

export function userKey(email: string): string {
  return USER_PREFIX + email;
}

/** The kind and the name, which may hold colons of its own; undefined for what is no key of the store. */
export function parseKey(key: string): ParsedKey | undefined {
  return named(key, 'product', PRODUCT_PREFIX) ?? named(key, 'user', USER_PREFIX);
}

function named(key: string, kind: ParsedKey['kind'], prefix: string): ParsedKey | undefined {
  if (!key.startsWith(prefix) || key.length === prefix.length) return undefined;
  return { kind, name: key.slice(prefix.length) };
}
