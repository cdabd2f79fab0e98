/*
 * The names of items, reservations and bundles, and the keys of their registers. A reservation's id begins with the
 * item's, so that it leads to the register that knows about it.
 */
import { createHash } from 'node:crypto';
import { newRequestId, type Random } from '@trolley/cluster';

/** Every item's key begins with this; for listing. */
export const ITEM_PREFIX = 'item:';

/** What an item's id looks like. */
export const ITEM_ID_PATTERN = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** What stands between the item's id and the token in a reservation's. */
const SEPARATOR = '~';
const RESERVATION_PATTERN = /^([a-z0-9][a-z0-9._-]{0,99})~([a-z0-9]{16,64})$/;

/** What stands between the name of a request and that of an attempt at it; neither holds one. */
const ATTEMPT_SEPARATOR = '.';

/** 128 bits, so that two keys never meet. */
const DIGEST_LENGTH = 32;

export function itemKey(item: string): string {
  return ITEM_PREFIX + item;
}

/** The register of a bundle, which it shares with other attempts at the same request. */
export function bundleKey(bundle: string): string {
  return `bundle:${bundle.split(ATTEMPT_SEPARATOR, 1)[0]}`;
}

/** The name of one attempt at a request that is carried out by bundles. */
export function bundleName(request: string, attempt: string): string {
  return request + ATTEMPT_SEPARATOR + attempt;
}

/** The id of a reservation of this item. */
export function reservationIdOf(item: string, token: string): string {
  return item + SEPARATOR + token;
}

/** The item and the token in a reservation's id; undefined for what is none. */
export function parseReservationId(id: string): { readonly item: string; readonly token: string } | undefined {
  const [, item, token] = RESERVATION_PATTERN.exec(id) ?? [];
  return item === undefined || token === undefined ? undefined : { item, token };
}

/** A fresh token or id: 16 letters and digits. */
export function newToken(random: Random): string {
  return newRequestId(random);
}

/** The same token for the same parts, at whichever gateway: what a request that is sent again goes by. */
export function tokenOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGEST_LENGTH);
}
