/*
 * The keys of the store, as they are placed, stored and written by people: a kind, a colon and a name. What a name
 * may hold is checked where it comes in; here it is any text.
 */

/** Every product's key begins with this; for listing. */
export const PRODUCT_PREFIX = 'product:';
/** Every user's key begins with this; for listing. */
export const USER_PREFIX = 'user:';

/** What a key can name. `person`: what somebody has reserved and ordered; `open`: work that is under way. */
const KINDS = ['product', 'user', 'person', 'open'] as const;

/** What a key names. */
export interface ParsedKey {
  readonly kind: (typeof KINDS)[number];
  readonly name: string;
}

export function productKey(name: string): string {
  return PRODUCT_PREFIX + name;
}

export function userKey(email: string): string {
  return USER_PREFIX + email;
}

/** The list of what somebody has reserved and ordered; whoever it is need not be a user of the shop. */
export function personKey(email: string): string {
  return `person:${email}`;
}

/** One of the lists of work that is under way. */
export function openKey(shard: number): string {
  return `open:${shard}`;
}

/** The kind and the name, which may hold colons of its own; undefined for what is no key of the store. */
export function parseKey(key: string): ParsedKey | undefined {
  const kind = KINDS.find((candidate) => key.startsWith(`${candidate}:`));
  if (kind === undefined || key.length === kind.length + 1) return undefined;
  return { kind, name: key.slice(kind.length + 1) };
}
