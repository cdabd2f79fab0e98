/*
 * XXH32 (Collet, "xxHash fast digest algorithm", version 0.1.1) of one text under many seeds: what does not depend on the
 * seed is worked out once. Placement hashes each node's id once for every placement group; calling into hash.ts for each
 * of these would take most of the time that a new epoch has.
 */

const PRIME_1 = 0x9e37_79b1 | 0;
const PRIME_2 = 0x85eb_ca77 | 0;
const PRIME_3 = 0xc2b2_ae3d | 0;
const PRIME_4 = 0x27d4_eb2f | 0;
const PRIME_5 = 0x1656_67b1 | 0;

const STRIPE_BYTES = 16;
const LANE_BYTES = 4;

/** The hashes of a text. */
export class SeededHash {
  readonly #length: number;
  /** Each lane of the stripes of 16 bytes, times the prime that it is multiplied with. */
  readonly #stripes: Int32Array;
  readonly #lanes: Int32Array;
  readonly #bytes: Int32Array;

  constructor(text: string) {
    const utf8 = new TextEncoder().encode(text);
    const words = new DataView(utf8.buffer, utf8.byteOffset, utf8.length);
    const stripesEnd = utf8.length - (utf8.length % STRIPE_BYTES);
    const lanesEnd = utf8.length - (utf8.length % LANE_BYTES);
    const lanes = (from: number, to: number, prime: number): Int32Array =>
      Int32Array.from({ length: (to - from) / LANE_BYTES }, (_, lane) =>
        Math.imul(words.getUint32(from + lane * LANE_BYTES, true), prime),
      );
    this.#length = utf8.length;
    this.#stripes = lanes(0, stripesEnd, PRIME_2);
    this.#lanes = lanes(stripesEnd, lanesEnd, PRIME_3);
    this.#bytes = Int32Array.from(utf8.subarray(lanesEnd), (byte) => Math.imul(byte, PRIME_5));
  }

  /** As `hash32(text, seed)`. */
  under(seed: number): number {
    let hash = (this.#stripes.length === 0 ? seed + PRIME_5 : this.#ofStripes(seed)) + this.#length;
    for (let lane = 0; lane < this.#lanes.length; lane++) {
      hash = Math.imul(rotateLeft((hash + (this.#lanes[lane] ?? 0)) | 0, 17), PRIME_4);
    }
    for (let byte = 0; byte < this.#bytes.length; byte++) {
      hash = Math.imul(rotateLeft((hash + (this.#bytes[byte] ?? 0)) | 0, 11), PRIME_1);
    }
    return avalanche(hash);
  }

  #ofStripes(seed: number): number {
    const stripes = this.#stripes;
    let one = (seed + PRIME_1 + PRIME_2) | 0;
    let two = (seed + PRIME_2) | 0;
    let three = seed | 0;
    let four = (seed - PRIME_1) | 0;
    for (let lane = 0; lane < stripes.length; lane += LANE_BYTES) {
      one = Math.imul(rotateLeft((one + (stripes[lane] ?? 0)) | 0, 13), PRIME_1);
      two = Math.imul(rotateLeft((two + (stripes[lane + 1] ?? 0)) | 0, 13), PRIME_1);
      three = Math.imul(rotateLeft((three + (stripes[lane + 2] ?? 0)) | 0, 13), PRIME_1);
      four = Math.imul(rotateLeft((four + (stripes[lane + 3] ?? 0)) | 0, 13), PRIME_1);
    }
    return (rotateLeft(one, 1) + rotateLeft(two, 7) + rotateLeft(three, 12) + rotateLeft(four, 18)) | 0;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The last step: an unsigned 32-bit integer. */
function avalanche(word: number): number {
  let hash = word | 0;
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
