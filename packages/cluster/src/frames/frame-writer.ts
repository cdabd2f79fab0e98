/*
 * Writes one frame, field by field. A text goes out as it lies in memory, a byte a character or two, so that every
 * string comes back as it was, halves of surrogate pairs too, and most cost one copy.
 */
import { FrameError, LENGTH_BYTES } from './frame-protocol.ts';

/** Characters that do not fit into one byte. */
const WIDE = /[\u0100-\uffff]/;

/** A frame in the making. */
export class FrameWriter {
  #bytes: Buffer;
  #end = LENGTH_BYTES;

  /**
   * A frame without a number, which frame-number.ts puts in.
   *
   * @param expectedBytes an estimate; the frame grows beyond it as needed
   */
  constructor(kind: number, expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, expectedBytes));
    this.byte(kind);
    this.uint32(0);
  }

  byte(value: number): void {
    this.#makeRoom(1);
    this.#end = this.#bytes.writeUInt8(value, this.#end);
  }

  uint32(value: number): void {
    this.#makeRoom(4);
    this.#end = this.#bytes.writeUInt32LE(value, this.#end);
  }

  number(value: number): void {
    this.#makeRoom(8);
    this.#end = this.#bytes.writeDoubleLE(value, this.#end);
  }

  /** The length, doubled, and one more where characters take two bytes; then the characters. */
  text(value: string): void {
    const isWide = WIDE.test(value);
    const bytes = isWide ? value.length * 2 : value.length;
    this.#makeRoom(4 + bytes);
    const start = this.#bytes.writeUInt32LE(value.length * 2 + (isWide ? 1 : 0), this.#end);
    this.#bytes.write(value, start, bytes, isWide ? 'utf16le' : 'latin1');
    this.#end = start + bytes;
  }

  /** The frame, its length before it. @throws FrameError when it is longer than it may be */
  finish(bytesMax: number): Buffer {
    const length = this.#end - LENGTH_BYTES;
    if (length > bytesMax) throw new FrameError(`a frame of ${length} bytes is longer than ${bytesMax}`);
    this.#bytes.writeUInt32LE(length, 0);
    return this.#bytes.subarray(0, this.#end);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
