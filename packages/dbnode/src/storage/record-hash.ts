/*
 * The hashes that digests are made of: xxHash, compiled once while this module loads. Nodes compare what they
 * computed, so a change of these is a change of the protocol: digests would all differ, to no harm but the work of
 * finding that nothing does.
 */
import xxhash from 'xxhash-wasm';

const hasher = await xxhash();
/** To take the halves out of a hash: BigInt arithmetic would make three numbers of it on the heap. */
const halves = new DataView(new ArrayBuffer(8));

/** The XXH32 of the text's UTF-8 bytes. */
export function hash32(text: string, seed: number): number {
  return hasher.h32(text, seed);
}

/** The XXH64 of the text's UTF-8 bytes, in two unsigned halves. */
export function hash64(text: string): { readonly low: number; readonly high: number } {
  halves.setBigUint64(0, hasher.h64(text));
  return { low: halves.getUint32(4), high: halves.getUint32(0) };
}
