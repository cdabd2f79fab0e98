/*
 * The changes that a client can ask for, as data: the gateway sends one to the coordinating node, which
 * applies it to its own copy of the record (apply-change.ts).
 */

/** A cart line: a product name and a quantity. An entry of a list: its name and its number (list.ts). */
export type Line = readonly [name: string, quantity: number];

/** What is done to one record. */
export type ChangeAction =
  | { readonly type: 'create-user' }
  | { readonly type: 'delete-user' }
  | { readonly type: 'add-to-cart'; readonly lines: readonly Line[] }
  | { readonly type: 'remove-from-cart'; readonly names: readonly string[] }
  | { readonly type: 'replace-cart'; readonly lines: readonly Line[] }
  /** Takes what was ordered out of the cart, and leaves what was added since. */
  | { readonly type: 'take-from-cart'; readonly lines: readonly Line[] }
  | { readonly type: 'add-to-product'; readonly quantity: number }
  | { readonly type: 'delete-product' }
  | { readonly type: 'list-add'; readonly entries: readonly Line[] }
  /** Spares an entry whose number is larger than the one given here: it was added anew. */
  | { readonly type: 'list-remove'; readonly entries: readonly Line[] };

/**
 * Makes a change apply once however often it is sent: the record remembers the id until it expires, in
 * the same write as the change itself.
 */
export interface Once {
  /** Names the request; letters, digits, `-` and `_` only. */
  readonly id: string;
  /** Says what was asked, so that an id used again for something else is noticed. Same alphabet as the id. */
  readonly fingerprint: string;
  readonly expiresAtMs: number;
}

/** A change to one record. */
export interface Change {
  readonly action: ChangeAction;
  readonly once?: Once | undefined;
}

/** Why a change was not made; stable codes, which the gateway maps to HTTP. */
export type RefusalCode =
  | 'USER_NOT_FOUND'
  | 'USER_EXISTS'
  | 'PRODUCT_NOT_FOUND'
  | 'BELOW_ZERO'
  | 'QUANTITY_TOO_LARGE'
  | 'CART_TOO_LARGE'
  | 'LIST_TOO_LARGE'
  | 'IDEMPOTENCY_KEY_REUSED';

/** What became of a change. The record is the one after it. */
export type ChangeOutcome<R> =
  | { readonly type: 'applied'; readonly record: R }
  /** Nothing to do: the line to remove was not there. */
  | { readonly type: 'unchanged'; readonly record: R }
  /** The record remembers the id of this change: it was applied before. */
  | { readonly type: 'already-applied'; readonly record: R }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly detail: string; readonly record: R };
