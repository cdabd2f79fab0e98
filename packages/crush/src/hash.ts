/*
 * The one hash of placement: 32-bit xxHash. Relies on xxhash-wasm, which compiles once while this module
 * loads; after that everything is synchronous. Changing the hash moves all data (docs/decisions/0001).
 */
import xxhash from 'xxhash-wasm';

const hasher = await xxhash();

/**
 * The XXH32 of the text's UTF-8 bytes: an unsigned 32-bit integer, the same on every platform.
 *
 * @param seed an unsigned 32-bit integer; each seed gives a hash function of its own
 */
export function hash32(text: string, seed: number): number {
  return hasher.h32(text, seed);
}
