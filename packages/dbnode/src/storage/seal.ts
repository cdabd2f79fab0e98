/*
 * Sealed JSON: an object whose last member is the CRC-32 of every byte before it, so that a file cut
 * short or with a flipped bit is noticed before it is believed. Still plain JSON for whoever looks. Pure.
 */
import { crc32 } from 'node:zlib';

/** What stands between the last member and the checksum. */
const SEAL_START = ',"crc32":"';
const SEAL_END = '"}\n';
const HEX_DIGITS = 8;
const SEAL_TAIL_BYTES = HEX_DIGITS + SEAL_END.length;

/** What a sealed text turned out to be. */
export type Unsealed =
  | { readonly kind: 'intact'; readonly value: unknown }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Computes a seal over text that is written piece by piece. */
export class SealWriter {
  #checksum = 0;

  /** Counts a piece in, and returns the bytes to write. */
  piece(text: string): Buffer {
    const bytes = Buffer.from(text);
    this.#checksum = crc32(bytes, this.#checksum);
    return bytes;
  }

  /** Counts the last piece in (an object without its closing brace) and returns the bytes that end the file. */
  end(text: string): Buffer {
    const body = this.piece(text + SEAL_START);
    const digits = this.#checksum.toString(16).padStart(HEX_DIGITS, '0');
    return Buffer.concat([body, Buffer.from(digits + SEAL_END)]);
  }
}

/** Seals an object that has at least one member. */
export function seal(value: object): Buffer {
  return new SealWriter().end(JSON.stringify(value).slice(0, -1));
}

/** Checks the seal, then parses. Never throws. */
export function unseal(bytes: Buffer): Unsealed {
  if (bytes.length === 0) return { kind: 'damaged', reason: 'the file is empty' };
  const bodyLength = bytes.length - SEAL_TAIL_BYTES;
  const tail = bytes.toString('latin1', Math.max(0, bodyLength));
  if (bodyLength <= 0 || !/^[0-9a-f]{8}"\}\n$/.test(tail)) {
    return { kind: 'damaged', reason: 'the file does not end with its checksum' };
  }
  if (crc32(bytes.subarray(0, bodyLength)) !== Number.parseInt(tail.slice(0, HEX_DIGITS), 16)) {
    return { kind: 'damaged', reason: 'the checksum does not match' };
  }
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return { kind: 'intact', value };
  } catch {
    return { kind: 'damaged', reason: 'the file is not JSON' };
  }
}
