/*
 * Names for requests: a change that is sent again under the same name is made once.
 */

/** A new name. `randomUUID` would need https, which a gateway on a local network has not. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
