/*
 * The keys of the store, as they are placed, stored and written by people: a kind, a colon and a name. What a name
 * may hold is checked where it comes in; here it is any text.
 */

/** Every product's key begins with this; for listing. */
export const PRODUCT_PREFIX = 'product:';
/** Every user's key begins with this; for listing. */
export const USER_PREFIX = 'user:';

/** The kinds of keys, and what stands under each: causal records, or registers, which change by agreement alone. */
const KINDS = {
  product: 'record',
  user: 'record',
  /** By e-mail: what a person has reserved and ordered. */
  person: 'record',
  /** By shard: what is under way and has to be brought to an end. */
  open: 'record',
  item: 'register',
  stock: 'register',
  order: 'register',
  /** By e-mail: which checkout is at the person's cart. */
  turn: 'register',
  bundle: 'register',
} as const;

/** What the first part of a key can be. */
export type KeyKind = keyof typeof KINDS;

/** What a key names. */
export interface ParsedKey {
  readonly kind: KeyKind;
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
  const colon = key.indexOf(':');
  const kind = key.slice(0, Math.max(colon, 0));
  if (!isKind(kind) || colon === key.length - 1) return undefined;
  return { kind, name: key.slice(colon + 1) };
}

/** Whether a key holds a register; else it holds a causal record. */
export function isRegisterKey(key: string): boolean {
  const parsed = parseKey(key);
  return parsed !== undefined && KINDS[parsed.kind] === 'register';
}

function isKind(text: string): text is KeyKind {
  return Object.hasOwn(KINDS, text);
}
